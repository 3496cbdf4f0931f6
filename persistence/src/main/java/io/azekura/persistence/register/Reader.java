package io.azekura.persistence.register;

import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.Register.ReadOutcome;
import io.azekura.persistence.register.Register.Unreadable;
import io.azekura.persistence.register.Register.Value;
import io.azekura.persistence.register.Step.Finish;
import io.azekura.persistence.register.Step.Purpose;
import io.azekura.persistence.register.Step.SendRead;
import io.azekura.persistence.register.Step.SendSettle;
import io.azekura.persistence.register.Step.StartTimer;
import io.azekura.persistence.register.Step.Timer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One linearizable read (register rule 2), as a pure state machine. It asks N − W + 1 drives first and the others when
 * these do not decide. The highest row decides when its ballot is known settled, or when W drives hold it; W certain
 * "nothing" decide that there is none. A pending write is given one pause to settle by itself; if it is still pending
 * then, the outcome is {@link Pending} and a proposer must finish it.
 */
public final class Reader {
    private final RegisterKey key;
    private final Quorum quorum;
    private final Timing timing;
    private final @Nullable ReadReply[] replies;
    private int asked;
    private int attempt;
    private boolean finished;

    /** A write is under way or was left behind; only {@link Proposer} can tell whether it becomes the state. */
    public record Pending() implements ReadOutcome {}

    public Reader(RegisterKey key, Quorum quorum, Timing timing) {
        this.key = key;
        this.quorum = quorum;
        this.timing = timing;
        this.replies = new ReadReply[quorum.drives()];
    }

    public List<Step<ReadOutcome>> start() {
        List<Step<ReadOutcome>> steps = new ArrayList<>();
        steps.add(new StartTimer<>(new Timer(Purpose.DEADLINE, 0), timing.deadlineMillis()));
        begin(steps);
        return steps;
    }

    /** Replies to an earlier attempt may be passed in too: they are facts about the drive, only older. */
    public List<Step<ReadOutcome>> onReply(int position, ReadReply reply) {
        List<Step<ReadOutcome>> steps = new ArrayList<>();
        if (!finished && replies[position] == null) {
            replies[position] = reply;
            evaluate(steps);
        }
        return steps;
    }

    public List<Step<ReadOutcome>> onTimer(Timer timer) {
        List<Step<ReadOutcome>> steps = new ArrayList<>();
        if (finished) {
            return steps;
        }
        if (timer.purpose() == Purpose.DEADLINE) {
            finish(steps, new Unreadable("no quorum answered in time"));
        } else if (timer.attempt() == attempt && timer.purpose() == Purpose.HEDGE) {
            askRest(steps);
        } else if (timer.attempt() == attempt && timer.purpose() == Purpose.BACK_OFF) {
            attempt++;
            begin(steps);
        }
        return steps;
    }

    private void begin(List<Step<ReadOutcome>> steps) {
        java.util.Arrays.fill(replies, null);
        asked = 0;
        int first = attempt == 0 ? quorum.read() : quorum.drives();
        while (asked < first) {
            steps.add(new SendRead<>(asked++));
        }
        if (asked < quorum.drives()) {
            steps.add(new StartTimer<>(new Timer(Purpose.HEDGE, attempt), timing.hedgeMillis()));
        }
    }

    private void askRest(List<Step<ReadOutcome>> steps) {
        while (asked < quorum.drives()) {
            steps.add(new SendRead<>(asked++));
        }
    }

    private void evaluate(List<Step<ReadOutcome>> steps) {
        Tally tally = tally();
        Row highest = tally.highest;
        if (highest != null
                && tally.usable >= quorum.read()
                && highest.accepted().equals(tally.settled)) {
            finish(steps, new Value(highest.accepted(), highest.state()));
        } else if (highest != null
                && tally.holders >= quorum.write()
                && highest.accepted().compareTo(tally.settled) >= 0) {
            tellSettled(steps, highest.accepted());
            finish(steps, new Value(highest.accepted(), highest.state()));
        } else if (highest == null && tally.settled.isZero() && tally.usable >= quorum.write()) {
            finish(steps, new Value(Ballot.ZERO, State.ABSENT));
        } else if (tally.answered == asked) {
            if (asked < quorum.drives()) {
                askRest(steps);
            } else if (tally.usable < quorum.write()) {
                finish(steps, new Unreadable("only " + tally.usable + " of " + asked + " drives could answer"));
            } else if (attempt == 0) {
                steps.add(new StartTimer<>(new Timer(Purpose.BACK_OFF, attempt), timing.backOffMillis()));
            } else {
                finish(steps, new Pending());
            }
        }
    }

    private void tellSettled(List<Step<ReadOutcome>> steps, Ballot ballot) {
        for (int position = 0; position < replies.length; position++) {
            if (replies[position] instanceof Found found && found.settled().compareTo(ballot) < 0) {
                steps.add(new SendSettle<>(position, key, ballot));
            }
        }
    }

    private void finish(List<Step<ReadOutcome>> steps, ReadOutcome outcome) {
        finished = true;
        steps.add(new Finish<>(outcome));
    }

    private Tally tally() {
        Tally tally = new Tally();
        for (ReadReply reply : replies) {
            if (reply != null) {
                tally.add(reply);
            }
        }
        return tally;
    }

    /** What the replies so far say together. */
    private static final class Tally {
        private int answered;
        private int usable;
        private int holders;
        private Ballot settled = Ballot.ZERO;
        private @Nullable Row highest;

        private void add(ReadReply reply) {
            answered++;
            if (reply instanceof Nothing) {
                usable++;
            } else if (reply instanceof Found found) {
                usable++;
                settled = Ballot.max(settled, found.settled());
                int order = highest == null ? 1 : found.row().accepted().compareTo(highest.accepted());
                if (order > 0) {
                    highest = found.row();
                    holders = 1;
                } else if (order == 0) {
                    holders++;
                }
            }
        }
    }
}
