package io.azekura.persistence.register;

import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.Messages.StaleLayout;
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
public class Reader {
    private final RegisterKey key;
    private final Quorum quorum;
    private final Timing timing;
    private final @Nullable ReadReply[] replies;
    /** The replicas of the group that is read, in the order in which they are asked. */
    private final List<Integer> order = new ArrayList<>();

    private int asked;
    private int attempt;
    private boolean finished;

    /** A write is under way or was left behind; only {@link Proposer} can tell whether it becomes the state. */
    public record Pending() implements ReadOutcome {}

    /** A drive knows a newer layout: the read must be asked again under that. */
    public record LayoutChanged(long version) implements ReadOutcome {}

    public Reader(RegisterKey key, Quorum quorum, Timing timing) {
        this.key = key;
        this.quorum = quorum;
        this.timing = timing;
        this.replies = new ReadReply[quorum.replicas()];
        for (int replica = 0; replica < quorum.replicas(); replica++) {
            if ((quorum.reading() & (1 << replica)) != 0) {
                order.add(replica);
            }
        }
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
        int chosen = 0;
        while (asked < order.size() && (attempt > 0 || !quorum.isRead(chosen))) {
            chosen |= 1 << order.get(asked);
            steps.add(new SendRead<>(order.get(asked++)));
        }
        if (asked < order.size()) {
            steps.add(new StartTimer<>(new Timer(Purpose.HEDGE, attempt), timing.hedgeMillis()));
        }
    }

    private void askRest(List<Step<ReadOutcome>> steps) {
        while (asked < order.size()) {
            steps.add(new SendRead<>(order.get(asked++)));
        }
    }

    private void evaluate(List<Step<ReadOutcome>> steps) {
        Tally tally = tally();
        Found highest = tally.highest;
        if (tally.newerLayout > 0) {
            finish(steps, new LayoutChanged(tally.newerLayout));
        } else if (highest != null && decides(tally)) {
            if (highest.row().accepted().compareTo(tally.settled) > 0) {
                tellSettled(steps, highest.row().accepted());
            }
            finish(steps, new Value(highest.row().accepted(), highest.row().state(), highest.body()));
        } else if (highest == null && tally.settled.isZero() && isAbsent(tally.usable)) {
            finish(steps, new Value(Ballot.ZERO, State.ABSENT));
        } else if (tally.answered == asked) {
            if (asked < order.size()) {
                askRest(steps);
            } else if (!quorum.isReadMajority(tally.usable)) {
                finish(
                        steps,
                        new Unreadable(
                                "only " + Integer.bitCount(tally.usable) + " of " + asked + " drives could answer"));
            } else if (attempt == 0) {
                steps.add(new StartTimer<>(new Timer(Purpose.BACK_OFF, attempt), timing.backOffMillis()));
            } else {
                finish(steps, new Pending());
            }
        }
    }

    private boolean decides(Tally tally) {
        Ballot accepted = java.util.Objects.requireNonNull(tally.highest).row().accepted();
        return isSettled(accepted, tally.settled, tally.usable)
                || (accepted.compareTo(tally.settled) >= 0 && isAgreed(tally.holders, tally.usable));
    }

    /** Whether the highest row among these usable answers is known chosen, and nothing newer can be. */
    protected boolean isSettled(Ballot accepted, Ballot settled, int usable) {
        return quorum.isRead(usable) && accepted.equals(settled);
    }

    /** Whether the row that these replicas hold is chosen because a majority holds it. */
    protected boolean isAgreed(int holders, int usable) {
        return quorum.isWrite(holders);
    }

    /** Whether so many answers "nothing" prove that there is nothing. */
    protected boolean isAbsent(int usable) {
        return quorum.isReadMajority(usable);
    }

    protected final Quorum quorum() {
        return quorum;
    }

    private void tellSettled(List<Step<ReadOutcome>> steps, Ballot ballot) {
        for (int position = 0; position < replies.length; position++) {
            if (replies[position] instanceof Found found && found.settled().compareTo(ballot) < 0) {
                steps.add(new SendSettle<>(position, key, ballot, false));
            }
        }
    }

    private void finish(List<Step<ReadOutcome>> steps, ReadOutcome outcome) {
        finished = true;
        steps.add(new Finish<>(outcome));
    }

    private Tally tally() {
        Tally tally = new Tally();
        for (int replica = 0; replica < replies.length; replica++) {
            ReadReply reply = replies[replica];
            if (reply != null) {
                tally.add(1 << replica, reply);
            }
        }
        return tally;
    }

    /** What the replies so far say together; sets of replicas are bits. */
    private static final class Tally {
        private int answered;
        private int usable;
        private int holders;
        private long newerLayout;
        private Ballot settled = Ballot.ZERO;
        private @Nullable Found highest;

        private void add(int replica, ReadReply reply) {
            answered++;
            if (reply instanceof Nothing) {
                usable |= replica;
            } else if (reply instanceof StaleLayout stale) {
                newerLayout = Math.max(newerLayout, stale.version());
            } else if (reply instanceof Found found) {
                usable |= replica;
                settled = Ballot.max(settled, found.settled());
                Ballot accepted = found.row().accepted();
                int order =
                        highest == null ? 1 : accepted.compareTo(highest.row().accepted());
                if (order > 0) {
                    highest = found;
                    holders = replica;
                } else if (order == 0) {
                    holders |= replica;
                }
                if (order == 0 && highest != null && highest.body() == null) {
                    highest = found;
                }
            }
        }
    }
}
