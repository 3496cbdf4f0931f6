package io.azekura.persistence.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Acceptor.AcceptAnswer;
import io.azekura.persistence.register.Acceptor.NeedsBound;
import io.azekura.persistence.register.Acceptor.PrepareAnswer;
import io.azekura.persistence.register.Acceptor.Store;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.Refused;
import io.azekura.persistence.register.Messages.Unknown;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcceptorTest {
    private static final RegisterKey KEY = new RegisterKey(1, Bytes.utf8("k"));
    private static final RegisterKey OTHER = new RegisterKey(1, Bytes.utf8("other"));

    @Test
    void nothingIsAnsweredAtOrAboveTheDurableBound() {
        Acceptor acceptor = new Acceptor(0);
        NeedsBound needs = assertInstanceOf(NeedsBound.class, acceptor.prepare(prepare(KEY, 5), Slot.EMPTY));
        assertInstanceOf(NeedsBound.class, acceptor.accept(accept(KEY, 5, "a"), Slot.EMPTY));
        acceptor.raiseBound(needs.counter());
        assertInstanceOf(PrepareAnswer.class, acceptor.prepare(prepare(KEY, 5), Slot.EMPTY));
        assertInstanceOf(NeedsBound.class, acceptor.prepare(prepare(KEY, needs.counter()), Slot.EMPTY));
    }

    @Test
    void afterARestartEverythingBelowTheBoundIsRefused() {
        Acceptor acceptor = new Acceptor(1000);
        acceptor.raiseBound(5000);
        assertInstanceOf(Refused.class, reply(acceptor.prepare(prepare(KEY, 999), Slot.EMPTY)));
        assertInstanceOf(Refused.class, reply(acceptor.accept(accept(KEY, 999, "a"), Slot.EMPTY)));
        assertInstanceOf(Promised.class, reply(acceptor.prepare(prepare(KEY, 1000), Slot.EMPTY)));
    }

    @Test
    void aPromiseKeepsLowerAndEqualBallotsOut() {
        Acceptor acceptor = bounded();
        assertInstanceOf(Promised.class, reply(acceptor.prepare(prepare(KEY, 10), Slot.EMPTY)));
        assertInstanceOf(Refused.class, reply(acceptor.prepare(prepare(KEY, 10), Slot.EMPTY)));
        assertInstanceOf(Refused.class, reply(acceptor.accept(accept(KEY, 9, "a"), Slot.EMPTY)));
        assertInstanceOf(Store.class, acceptor.accept(accept(KEY, 10, "a"), Slot.EMPTY));
    }

    @Test
    void theAcceptedRowStandsForThePromise() {
        Acceptor acceptor = bounded();
        acceptor.prepare(prepare(KEY, 10), Slot.EMPTY);
        Slot slot = ((Store) acceptor.accept(accept(KEY, 10, "a"), Slot.EMPTY)).slot();
        assertInstanceOf(Refused.class, reply(acceptor.prepare(prepare(KEY, 10), slot)));
        assertInstanceOf(Refused.class, reply(acceptor.accept(accept(KEY, 9, "b"), slot)));
        Promised promised = assertInstanceOf(Promised.class, reply(acceptor.prepare(prepare(KEY, 11), slot)));
        assertEquals(slot.highest(), promised.row());
    }

    @Test
    void aRepeatedAcceptIsConfirmedAndAnotherStateOfTheSameBallotIsNot() {
        Acceptor acceptor = bounded();
        Slot slot = ((Store) acceptor.accept(accept(KEY, 10, "a"), Slot.EMPTY)).slot();
        assertInstanceOf(Accepted.class, reply(acceptor.accept(accept(KEY, 10, "a"), slot)));
        assertInstanceOf(Refused.class, reply(acceptor.accept(accept(KEY, 10, "b"), slot)));
    }

    @Test
    void forgottenPromisesRaiseTheFloor() {
        Acceptor acceptor = bounded();
        acceptor.prepare(prepare(KEY, 10), Slot.EMPTY);
        for (int i = 0; i < Acceptor.PROMISES_MAX; i++) {
            acceptor.prepare(prepare(new RegisterKey(2, Bytes.utf8("k" + i)), 20), Slot.EMPTY);
        }
        assertInstanceOf(Refused.class, reply(acceptor.prepare(prepare(KEY, 10), Slot.EMPTY)));
        assertInstanceOf(Refused.class, reply(acceptor.accept(accept(OTHER, 10, "a"), Slot.EMPTY)));
        assertInstanceOf(Promised.class, reply(acceptor.prepare(prepare(OTHER, 11), Slot.EMPTY)));
    }

    @Test
    void acceptingKeepsWhatWasThereUntilTheSuccessorSettles() {
        Acceptor acceptor = bounded();
        Slot one = ((Store) acceptor.accept(accept(KEY, 10, "a"), Slot.EMPTY)).slot();
        Slot settled = Acceptor.settle(one, new Ballot(10, 1));
        Slot two = ((Store) acceptor.accept(accept(KEY, 11, "b"), settled)).slot();
        assertEquals(2, two.rows().size());
        Slot three = ((Store) acceptor.accept(accept(KEY, 12, "c"), two)).slot();
        assertEquals(3, three.rows().size());
        Slot after = Acceptor.settle(three, new Ballot(11, 1));
        assertEquals(List.of(three.rows().get(1), three.rows().get(2)), after.rows());
        assertTrue(
                !after.isSettled() && Acceptor.settle(after, new Ballot(12, 1)).isSettled());
    }

    @Test
    void aDriveThatMissedTheChosenRowKeepsItsOldOneAndSaysThatItIsOld() {
        Acceptor acceptor = bounded();
        Slot slot = ((Store) acceptor.accept(accept(KEY, 10, "a"), Slot.EMPTY)).slot();
        Slot told = Acceptor.settle(slot, new Ballot(15, 1));
        assertEquals(slot.rows(), told.rows());
        assertEquals(new Ballot(15, 1), told.settled());
        assertInstanceOf(Refused.class, reply(acceptor.accept(accept(KEY, 14, "b"), told)));
        assertEquals(
                1,
                ((Store) acceptor.accept(accept(KEY, 15, "b"), told))
                        .slot()
                        .rows()
                        .size());
    }

    @Test
    void theUnsettledSuffixIsBounded() {
        Acceptor acceptor = bounded();
        Slot slot = Slot.EMPTY;
        for (int i = 1; i <= Slot.ROWS_MAX; i++) {
            slot = ((Store) acceptor.accept(accept(KEY, i, "v" + i), slot)).slot();
        }
        assertInstanceOf(Unknown.class, reply(acceptor.accept(accept(KEY, 99, "more"), slot)));
    }

    /** Others follow the settled row; without it here, a drive that is behind could learn it from nobody. */
    @Test
    void theSettledRowStaysWhenItsStateIsAcceptedAgain() {
        Acceptor acceptor = bounded();
        Slot one = ((Store) acceptor.accept(promised(acceptor, 10, "a", Slot.EMPTY), Slot.EMPTY)).slot();
        Slot settled = Acceptor.settle(one, one.accepted());
        Slot twice = ((Store) acceptor.accept(promised(acceptor, 11, "a", settled), settled)).slot();
        Slot thrice = ((Store) acceptor.accept(promised(acceptor, 12, "a", twice), twice)).slot();
        assertEquals(
                List.of(one.accepted(), thrice.accepted()),
                thrice.rows().stream().map(Row::accepted).toList());
        assertEquals(1, Acceptor.settle(thrice, thrice.accepted()).rows().size());
    }

    @Test
    void aRowThatWentIsUnchosenUnlessItWasSettledOrIsPartOfWhatIs() {
        Row first = RowSamples.sharded(1);
        Row other = RowSamples.tombstone(2);
        Slot pending = new Slot(Ballot.ZERO, List.of(first, other));
        assertEquals(List.of(first), Acceptor.unchosen(pending, Acceptor.settle(pending, other.accepted())));
        Slot known = new Slot(first.accepted(), List.of(first, other));
        assertEquals(List.of(), Acceptor.unchosen(known, Acceptor.settle(known, other.accepted())));
        Row same = new Row(new Ballot(3, 0), first.state());
        Slot again = new Slot(Ballot.ZERO, List.of(first, other, same));
        assertEquals(List.of(other), Acceptor.unchosen(again, Acceptor.settle(again, same.accepted())));
        assertEquals(List.of(), Acceptor.unchosen(pending, pending));
    }

    @Test
    void aRowThatIsDiscardedLeavesItsPromise() {
        Acceptor acceptor = bounded();
        Slot one = ((Store) acceptor.accept(promised(acceptor, 10, "a", Slot.EMPTY), Slot.EMPTY)).slot();
        acceptor.keep(KEY, one.accepted());
        Slot without = Acceptor.without(one, one.accepted());
        assertEquals(List.of(), without.rows());
        assertInstanceOf(Refused.class, reply(acceptor.accept(accept(KEY, 9, "b"), without)));
        assertInstanceOf(Refused.class, reply(acceptor.prepare(prepare(KEY, 10), without)));
        Slot settled = Acceptor.settle(one, one.accepted());
        assertEquals(settled, Acceptor.without(settled, one.accepted()));
    }

    private static Accept promised(Acceptor acceptor, long counter, String value, Slot slot) {
        acceptor.prepare(prepare(KEY, counter), slot);
        return accept(KEY, counter, value);
    }

    private static Acceptor bounded() {
        Acceptor acceptor = new Acceptor(0);
        acceptor.raiseBound(1_000_000);
        return acceptor;
    }

    private static Prepare prepare(RegisterKey key, long counter) {
        return new Prepare(key, new Ballot(counter, 1));
    }

    private static Accept accept(RegisterKey key, long counter, String value) {
        State state = new State(State.Kind.LIVE, Bytes.utf8(value), Content.NONE, List.of(), 1, 0);
        return new Accept(key, new Ballot(counter, 1), state, 0, null);
    }

    private static Object reply(Acceptor.PrepareVerdict verdict) {
        return ((PrepareAnswer) verdict).reply();
    }

    private static Object reply(Acceptor.AcceptVerdict verdict) {
        return ((AcceptAnswer) verdict).reply();
    }
}
