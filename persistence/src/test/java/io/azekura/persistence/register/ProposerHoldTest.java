package io.azekura.persistence.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.Refused;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.Step.Purpose;
import io.azekura.persistence.register.Step.SendAccept;
import io.azekura.persistence.register.Step.SendPrepare;
import io.azekura.persistence.register.Step.Timer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProposerHoldTest {
    private static final Promised NOTHING = new Promised(null, Ballot.ZERO, null);
    private static final Change<String> WRITE =
            current -> new Change.Write<>(State.Kind.LIVE, Bytes.utf8("v"), Content.NONE, null, 0);

    private final Proposer<String> proposer = new Proposer<>(
            new RegisterKey(1, Bytes.utf8("k")),
            new OperationId(9, 1),
            Proposer.notReady(),
            new Quorum(3),
            1,
            Timing.DEFAULT,
            new BallotSource(9),
            () -> 0.5);

    @Test
    void aHeldProposerAsksForPromisesAndDecidesNothing() {
        proposer.hold();
        Ballot ballot = ballot(proposer.start());
        assertTrue(accepts(promises(ballot, 3)).isEmpty());
    }

    @Test
    void aReleasedProposerWithPromisesAcceptsAtOnce() {
        proposer.hold();
        promises(ballot(proposer.start()), 2);
        assertEquals(3, accepts(proposer.release(WRITE)).size());
        assertTrue(proposer.release(WRITE).isEmpty());
    }

    @Test
    void aReleasedProposerWithoutPromisesStillWaitsForThem() {
        proposer.hold();
        Ballot ballot = ballot(proposer.start());
        promises(ballot, 1);
        assertTrue(proposer.release(WRITE).isEmpty());
        assertEquals(3, accepts(proposer.onPrepareReply(1, ballot, NOTHING)).size());
    }

    @Test
    void aHeldProposerWithPromisesKeepsThemWhenItIsReminded() {
        proposer.hold();
        promises(ballot(proposer.start()), 2);
        assertTrue(proposer.onTimer(new Timer(Purpose.HEDGE, 0)).isEmpty());
        assertEquals(3, accepts(proposer.release(WRITE)).size());
    }

    @Test
    void aHeldProposerThatIsRefusedRaisesItsBallot() {
        proposer.hold();
        Ballot first = ballot(proposer.start());
        proposer.onPrepareReply(0, first, new Refused(new Ballot(100, 1)));
        Ballot second = ballot(proposer.onPrepareReply(1, first, new Refused(new Ballot(100, 1))));
        assertTrue(second.counter() > 100);
        promises(second, 2);
        assertEquals(second, accepts(proposer.release(WRITE)).get(0).accept().ballot());
    }

    @Test
    void lostRepliesToAPrepareAreAskedForOnceMoreUnderANewBallot() {
        Ballot first = ballot(proposer.start());
        Ballot second = ballot(proposer.onTimer(new Timer(Purpose.HEDGE, 0)));
        assertTrue(second.compareTo(first) > 0);
        assertTrue(proposer.onTimer(new Timer(Purpose.HEDGE, 1)).isEmpty());
    }

    @Test
    void anAcceptThatWasNotAnsweredIsSentOnceMoreToThatDriveAlone() {
        proposer.hold();
        Ballot ballot = ballot(proposer.start());
        promises(ballot, 2);
        proposer.release(WRITE);
        proposer.onAcceptReply(0, ballot, new Messages.Accepted());
        proposer.onAcceptReply(2, ballot, new Messages.Accepted());
        List<SendAccept<ChangeOutcome<String>>> again = accepts(proposer.onTimer(new Timer(Purpose.HEDGE, 0)));
        assertEquals(List.of(1), again.stream().map(SendAccept::position).toList());
        assertTrue(proposer.onTimer(new Timer(Purpose.HEDGE, 0)).isEmpty());
    }

    private List<Step<ChangeOutcome<String>>> promises(Ballot ballot, int count) {
        List<Step<ChangeOutcome<String>>> steps = new ArrayList<>();
        for (int position = 0; position < count; position++) {
            steps.addAll(proposer.onPrepareReply(position, ballot, NOTHING));
        }
        return steps;
    }

    private static Ballot ballot(List<Step<ChangeOutcome<String>>> steps) {
        for (Step<ChangeOutcome<String>> step : steps) {
            if (step instanceof SendPrepare<ChangeOutcome<String>> send) {
                return send.prepare().ballot();
            }
        }
        throw new AssertionError("no prepare among " + steps);
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
