package io.azekura.persistence.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.Step.Finish;
import io.azekura.persistence.register.Step.SendAccept;
import io.azekura.persistence.register.Step.SendPrepare;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a proposer makes of a history that a collected tombstone took along, and of shards that are not where they should be. */
class ProposerMemoryTest {
    private static final Ballot COLLECTED = new Ballot(20, 1);
    private static final Change<String> WRITE =
            current -> new Change.Write<>(State.Kind.LIVE, Bytes.utf8("v"), Content.NONE, null, 0);

    @Test
    void aStateThatBeginsAnewRemembersThatSomethingMayBeForgotten() {
        State state = written(proposer(WRITE, null), promised(null, COLLECTED));
        assertEquals(
                new AppliedOperation(OperationId.FORGOTTEN, COLLECTED),
                state.applied().get(0));
        assertEquals(2, state.applied().size());
        assertEquals(
                1,
                written(proposer(WRITE, null), promised(null, Ballot.ZERO))
                        .applied()
                        .size());
    }

    @Test
    void aReaffirmedAbsenceRemembersItToo() {
        State state = written(proposer(current -> new Change.Reaffirm<>(null), null), promised(null, COLLECTED));
        assertEquals(State.Kind.TOMBSTONE, state.kind());
        assertEquals(List.of(new AppliedOperation(OperationId.FORGOTTEN, COLLECTED)), state.applied());
    }

    /** The accept may have been part of the history before the tombstone: applying it again could do it twice. */
    @Test
    void aRetryFromBeforeTheCollectionIsNotAppliedAgain() {
        List<AppliedOperation> applied = List.of(
                new AppliedOperation(OperationId.FORGOTTEN, COLLECTED),
                new AppliedOperation(new OperationId(3, 3), new Ballot(30, 1)));
        State after = new State(State.Kind.LIVE, Bytes.utf8("w"), Content.NONE, applied, 1, 0);
        Promised row = promised(new Row(new Ballot(30, 1), after), Ballot.ZERO);
        List<Step<ChangeOutcome<String>>> late = answered(proposer(WRITE, new Ballot(15, 9)), row);
        assertInstanceOf(Register.OutcomeUnknown.class, outcome(late));
        List<Step<ChangeOutcome<String>>> early = answered(proposer(WRITE, new Ballot(25, 9)), row);
        assertFalse(accepts(early).isEmpty());
    }

    @Test
    void shardsThatFewDrivesHaveAreNotNamedInAnAccept() {
        Content content = new Content.Sharded(new DataId(1, 1), 100, 2, 1, 64, List.of(0, 1, 2));
        Change<String> write = current -> new Change.Write<>(State.Kind.LIVE, Bytes.utf8("v"), content, null, 0);
        Proposer<String> two = proposer(write, null);
        two.countOnly(same -> 0b011);
        assertInstanceOf(Register.Unavailable.class, outcome(answered(two, promised(null, Ballot.ZERO))));
        Proposer<String> all = proposer(write, null);
        all.countOnly(same -> 0b111);
        assertEquals(3, accepts(answered(all, promised(null, Ballot.ZERO))).size());
    }

    private static Proposer<String> proposer(Change<String> change, @Nullable Ballot earlierAccept) {
        Proposer<String> proposer = new Proposer<>(
                new RegisterKey(1, Bytes.utf8("k")),
                new OperationId(9, 1),
                change,
                new Quorum(3),
                1,
                Timing.DEFAULT,
                ballots(),
                () -> 0.5);
        proposer.resume(earlierAccept);
        return proposer;
    }

    private static BallotSource ballots() {
        BallotSource ballots = new BallotSource(9);
        ballots.saw(new Ballot(100, 1));
        return ballots;
    }

    private static Promised promised(@Nullable Row row, Ballot collected) {
        return new Promised(row, row == null ? Ballot.ZERO : row.accepted(), null, History.EMPTY, collected);
    }

    private static List<Step<ChangeOutcome<String>>> answered(Proposer<String> proposer, PrepareReply reply) {
        Ballot ballot = ((SendPrepare<ChangeOutcome<String>>) proposer.start().stream()
                        .filter(step -> step instanceof SendPrepare)
                        .findFirst()
                        .orElseThrow())
                .prepare()
                .ballot();
        List<Step<ChangeOutcome<String>>> steps = new ArrayList<>();
        for (int position = 0; position < 2; position++) {
            steps.addAll(proposer.onPrepareReply(position, ballot, reply));
        }
        return steps;
    }

    private static State written(Proposer<String> proposer, PrepareReply reply) {
        return accepts(answered(proposer, reply)).get(0).accept().state();
    }

    private static ChangeOutcome<String> outcome(List<Step<ChangeOutcome<String>>> steps) {
        return ((Finish<ChangeOutcome<String>>) steps.stream()
                        .filter(step -> step instanceof Finish)
                        .findFirst()
                        .orElseThrow())
                .outcome();
    }

    private static List<SendAccept<ChangeOutcome<String>>> accepts(List<Step<ChangeOutcome<String>>> steps) {
        List<SendAccept<ChangeOutcome<String>>> all = new ArrayList<>();
        for (Step<ChangeOutcome<String>> step : steps) {
            if (step instanceof SendAccept<ChangeOutcome<String>> send) {
                all.add(send);
            }
        }
        return all;
    }
}
