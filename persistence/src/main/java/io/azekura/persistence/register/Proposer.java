package io.azekura.persistence.register;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change.Decision;
import io.azekura.persistence.register.Change.Reaffirm;
import io.azekura.persistence.register.Change.Refuse;
import io.azekura.persistence.register.Change.Write;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Fenced;
import io.azekura.persistence.register.Messages.NoSpace;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.Refused;
import io.azekura.persistence.register.Messages.StaleLayout;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.Register.Declined;
import io.azekura.persistence.register.Register.NoRoom;
import io.azekura.persistence.register.Register.OutcomeUnknown;
import io.azekura.persistence.register.Register.Outdated;
import io.azekura.persistence.register.Register.Unavailable;
import io.azekura.persistence.register.Step.Finish;
import io.azekura.persistence.register.Step.Purpose;
import io.azekura.persistence.register.Step.SendAccept;
import io.azekura.persistence.register.Step.SendPrepare;
import io.azekura.persistence.register.Step.SendSettle;
import io.azekura.persistence.register.Step.StartTimer;
import io.azekura.persistence.register.Step.Timer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One change to one register, as a pure state machine (CASPaxos in kind: Rystsov, "CASPaxos: Replicated State Machines
 * without logs", arXiv 1802.07000, with the rules of the register added).
 *
 * <p>Prepare on all drives; with W promises, run the change against the highest accepted state; accept the result on
 * all drives; done when {@link Durability} says that it outlives the loss of any one drive. A refused or unanswered
 * attempt is repeated with a higher ballot. Once an accept may have landed, a retry looks for its own operation id
 * first, and applies the change again only when it is certain that it is not part of the history (register rule 5).
 *
 * @param <R> why the change may be refused
 */
public class Proposer<R> {
    private final RegisterKey key;
    private final OperationId operation;
    private Change<R> change;
    private final Quorum quorum;
    private final long layoutVersion;
    private final Timing timing;
    private final BallotSource ballots;
    private final DoubleSupplier random;

    private final @Nullable PrepareReply[] promises;
    private final @Nullable AcceptReply[] accepts;
    private Phase phase = Phase.PREPARING;
    private int attempt;
    /** Whether the ballot was raised above what a drive refused it for, since this last gave way. */
    private boolean corrected;

    /** Whether drives that did not answer were asked once more. */
    private boolean reminded;

    /** How often this gave way to another proposer. */
    private int rests;

    private Ballot ballot = Ballot.ZERO;
    /** What the accept phase of this attempt is for; null while preparing. */
    private @Nullable Intent<R> intent;
    /** The ballot of the latest accept of this operation; null until one was sent. */
    private @Nullable Ballot lastAccept;

    /** Whether an accept of this operation was sent in an earlier attempt. */
    private boolean retried;

    private boolean stragglersTimed;

    /** Whether the change is still to come: promises are collected, nothing is decided. */
    private boolean held;

    /** Which replicas, as bits, have the shards that a content says to be at their roles. */
    private ToIntFunction<Content> having;

    private enum Phase {
        PREPARING,
        ACCEPTING,
        RESTING,
        FINISHED
    }

    /** What is being accepted, and the answer once it is chosen. */
    private record Intent<R>(
            State state, @Nullable Bytes body, History base, List<VersionEdit> edits, ChangeOutcome<R> answer) {}

    public Proposer(
            RegisterKey key,
            OperationId operation,
            Change<R> change,
            Quorum quorum,
            long layoutVersion,
            Timing timing,
            BallotSource ballots,
            DoubleSupplier random) {
        this.key = key;
        this.operation = operation;
        this.change = change;
        this.quorum = quorum;
        this.layoutVersion = layoutVersion;
        this.timing = timing;
        this.ballots = ballots;
        this.random = random;
        this.promises = new PrepareReply[quorum.replicas()];
        this.accepts = new AcceptReply[quorum.replicas()];
        this.having = content -> quorum.everybody();
    }

    /**
     * Drives know a newer layout, so this proposer can do no more. The change must be asked again under that layout, by
     * a proposer that knows of {@code lastAccept}, which may have landed; null when none was sent.
     */
    public record LayoutChanged<R>(long version, @Nullable Ballot lastAccept) implements ChangeOutcome<R> {}

    /** Makes this the continuation of a proposer that ended with {@link LayoutChanged}. */
    public void resume(@Nullable Ballot earlierAccept) {
        lastAccept = earlierAccept;
    }

    /** Tells which replicas, as bits, have the shards that a content says to be at their roles; all of them unless set. */
    public void countOnly(ToIntFunction<Content> replicas) {
        having = replicas;
    }

    /** Stands for a change that is still being made ready, see {@link #hold}. */
    public static <R> Change<R> notReady() {
        return current -> {
            throw new IllegalStateException("decided before the change was ready");
        };
    }

    /**
     * Lets the prepare go out while the change is still being made ready, such as the shards that it will name. Nothing
     * is decided until {@link #release}; the deadline runs all the same.
     */
    public void hold() {
        held = true;
    }

    /** Gives a held proposer the change that it proposes; with promises at hand it goes on at once. */
    public List<Step<ChangeOutcome<R>>> release(Change<R> ready) {
        List<Step<ChangeOutcome<R>>> steps = new ArrayList<>();
        if (held) {
            held = false;
            change = ready;
            if (phase == Phase.PREPARING) {
                evaluatePromises(steps);
            }
        }
        return steps;
    }

    /** A change that changes nothing: it finishes what is pending and declines with the state that is current then. */
    public static Change<String> finishing() {
        return current -> new Refuse<>("finished");
    }

    public List<Step<ChangeOutcome<R>>> start() {
        List<Step<ChangeOutcome<R>>> steps = new ArrayList<>();
        steps.add(new StartTimer<>(new Timer(Purpose.DEADLINE, 0), timing.deadlineMillis()));
        prepare(steps);
        return steps;
    }

    /** {@code asked} is the ballot that the reply is about. */
    public List<Step<ChangeOutcome<R>>> onPrepareReply(int position, Ballot asked, PrepareReply reply) {
        List<Step<ChangeOutcome<R>>> steps = new ArrayList<>();
        if (reply instanceof Refused refused) {
            ballots.saw(refused.greatest());
        }
        if (phase == Phase.PREPARING && asked.equals(ballot) && promises[position] == null) {
            promises[position] = reply;
            evaluatePromises(steps);
        }
        return steps;
    }

    /** {@code asked} is the ballot that the reply is about. */
    public List<Step<ChangeOutcome<R>>> onAcceptReply(int position, Ballot asked, AcceptReply reply) {
        List<Step<ChangeOutcome<R>>> steps = new ArrayList<>();
        if (reply instanceof Refused refused) {
            ballots.saw(refused.greatest());
        }
        if (phase == Phase.ACCEPTING && asked.equals(ballot) && accepts[position] == null) {
            accepts[position] = reply;
            evaluateAccepts(steps, false);
        }
        return steps;
    }

    public List<Step<ChangeOutcome<R>>> onTimer(Timer timer) {
        List<Step<ChangeOutcome<R>>> steps = new ArrayList<>();
        if (phase == Phase.FINISHED) {
            return steps;
        }
        if (timer.purpose() == Purpose.DEADLINE) {
            giveUp(steps, "no quorum answered in time");
        } else if (timer.attempt() == attempt && timer.purpose() == Purpose.BACK_OFF) {
            attempt++;
            prepare(steps);
        } else if (timer.attempt() == attempt && timer.purpose() == Purpose.HEDGE && !reminded) {
            askAgain(steps);
        } else if (timer.attempt() == attempt && timer.purpose() == Purpose.STRAGGLERS && phase == Phase.ACCEPTING) {
            evaluateAccepts(steps, true);
        }
        return steps;
    }

    private void prepare(List<Step<ChangeOutcome<R>>> steps) {
        phase = Phase.PREPARING;
        ballot = ballots.next();
        retried = lastAccept != null;
        intent = null;
        Arrays.fill(promises, null);
        Arrays.fill(accepts, null);
        for (int position = 0; position < quorum.replicas(); position++) {
            steps.add(new SendPrepare<>(position, new Prepare(key, ballot)));
        }
        remind(steps);
    }

    private void evaluatePromises(List<Step<ChangeOutcome<R>>> steps) {
        int promised = 0;
        int waiting = 0;
        boolean refused = false;
        for (int replica = 0; replica < promises.length; replica++) {
            PrepareReply reply = promises[replica];
            if (reply == null) {
                waiting |= 1 << replica;
            } else if (reply instanceof Promised) {
                promised |= 1 << replica;
            } else if (reply instanceof StaleLayout stale) {
                finishStale(steps, stale.version());
                return;
            } else if (reply instanceof Refused) {
                refused = true;
            }
        }
        boolean enough = quorum.isWrite(promised);
        boolean hopeless = !quorum.isWrite(promised | waiting);
        if (enough && (!refused || corrected)) {
            if (!held) {
                decide(steps);
            }
        } else if ((enough || hopeless) && refused && !corrected) {
            // Most likely the ballot is an old one: others wrote meanwhile, or a drive was restarted and has a floor.
            corrected = true;
            attempt++;
            prepare(steps);
        } else if (hopeless && refused) {
            rest(steps);
        } else if (hopeless) {
            giveUp(steps, "only " + Integer.bitCount(promised | waiting) + " replicas can promise");
        }
    }

    private void decide(List<Step<ChangeOutcome<R>>> steps) {
        Promised highest = new Promised(null, Ballot.ZERO, null);
        Ballot settled = Ballot.ZERO;
        Ballot collected = Ballot.ZERO;
        int holders = 0;
        for (int replica = 0; replica < promises.length; replica++) {
            if (promises[replica] instanceof Promised one) {
                settled = Ballot.max(settled, one.settled());
                collected = Ballot.max(collected, one.collected());
                int order = accepted(one).compareTo(accepted(highest));
                if (order > 0) {
                    highest = one;
                    holders = 1 << replica;
                } else if (order == 0) {
                    holders |= 1 << replica;
                }
            }
        }
        Ballot accepted = accepted(highest);
        if (accepted.compareTo(settled) < 0) {
            giveUp(steps, "a settled row is missing on all drives that answered");
            return;
        }
        tellSettled(steps, settled);
        Row row = highest.row();
        State current = row == null ? State.ABSENT : row.state();
        boolean chosen = row == null || isChosen(accepted, settled, holders);
        if (isApplied(operation, current)) {
            confirm(steps, highest, chosen, new Applied<>(chosen ? accepted : ballot, current));
        } else if (lastAccept != null && !isKnownUnapplied(current, lastAccept, collected)) {
            finish(steps, new OutcomeUnknown<>("the history since the first attempt is longer than a row remembers"));
        } else {
            apply(steps, highest, current, chosen, collected);
        }
    }

    /**
     * Tells drives what others know to be chosen. One that has the row and missed that it is chosen leads its later rows
     * from older versions than the others have, who then cannot take them.
     */
    private void tellSettled(List<Step<ChangeOutcome<R>>> steps, Ballot settled) {
        for (int replica = 0; replica < promises.length; replica++) {
            if (promises[replica] instanceof Promised one
                    && one.settled().compareTo(settled) < 0
                    && accepted(one).compareTo(settled) >= 0) {
                steps.add(new SendSettle<>(replica, key, settled, false));
            }
        }
    }

    /** Whether the highest row that was promised is certainly chosen: known so, or held by a majority. */
    protected boolean isChosen(Ballot accepted, Ballot settled, int holders) {
        return accepted.equals(settled) || quorum.isWrite(holders);
    }

    private void apply(
            List<Step<ChangeOutcome<R>>> steps, Promised highest, State current, boolean chosen, Ballot collected) {
        Decision<R> decision = change.decide(current);
        if (decision instanceof Refuse<R> refuse) {
            Ballot standing = chosen ? accepted(highest) : ballot;
            confirm(steps, highest, chosen, new Declined<>(refuse.reason(), standing, current));
        } else if (decision instanceof Reaffirm<R> again) {
            State next = current.kind() == State.Kind.ABSENT ? emptyTombstone(collected) : current;
            accept(
                    steps,
                    new Intent<>(next, again.body(), highest.base(), edits(highest), new Applied<>(ballot, next)));
        } else if (decision instanceof Write<R> write && !isRecoverable(write.content())) {
            giveUp(steps, "too few shards are durable to read the state without this gateway");
        } else if (decision instanceof Write<R> write) {
            State next = new State(
                    write.kind(),
                    write.value(),
                    write.content(),
                    current.history().with(write.edits()),
                    write.timeMicros(),
                    remember(highest.row() == null ? forgotten(collected) : current.applied()),
                    layoutVersion,
                    write.configVersion());
            List<VersionEdit> edits = new ArrayList<>(edits(highest));
            edits.addAll(write.edits());
            lastAccept = ballot;
            accept(steps, new Intent<>(next, write.body(), highest.base(), edits, new Applied<>(ballot, next)));
        }
    }

    /** Answers once the state is certainly chosen: at once if it is already, else after accepting it again. */
    private void confirm(
            List<Step<ChangeOutcome<R>>> steps, Promised highest, boolean chosen, ChangeOutcome<R> answer) {
        State current = highest.row() == null ? State.ABSENT : highest.row().state();
        boolean mustCountShards = answer instanceof Applied<R> && current.content() instanceof Content.Sharded;
        if (chosen && !mustCountShards) {
            finish(steps, answer);
        } else {
            accept(steps, new Intent<>(current, highest.body(), highest.base(), edits(highest), answer));
        }
    }

    private void accept(List<Step<ChangeOutcome<R>>> steps, Intent<R> next) {
        phase = Phase.ACCEPTING;
        intent = next;
        stragglersTimed = false;
        for (int position = 0; position < quorum.replicas(); position++) {
            sendAccept(steps, next, position);
        }
        remind(steps);
    }

    private void remind(List<Step<ChangeOutcome<R>>> steps) {
        if (!reminded) {
            steps.add(new StartTimer<>(new Timer(Purpose.HEDGE, attempt), timing.hedgeMillis()));
        }
    }

    /** A message may have been lost. A drive refuses a ballot that it promised, but confirms what it accepted. */
    private void askAgain(List<Step<ChangeOutcome<R>>> steps) {
        if (phase == Phase.ACCEPTING) {
            reminded = true;
            Intent<R> now = java.util.Objects.requireNonNull(intent, "accepting without an intent");
            for (int position = 0; position < accepts.length; position++) {
                if (accepts[position] == null) {
                    sendAccept(steps, now, position);
                }
            }
        } else if (phase == Phase.PREPARING && !hasEnoughPromises()) {
            reminded = true;
            attempt++;
            prepare(steps);
        }
    }

    private boolean hasEnoughPromises() {
        int promised = 0;
        for (int position = 0; position < promises.length; position++) {
            promised |= promises[position] instanceof Promised ? 1 << position : 0;
        }
        return quorum.isWrite(promised);
    }

    private void sendAccept(List<Step<ChangeOutcome<R>>> steps, Intent<R> next, int position) {
        int role = quorum.roles().get(position);
        Accept accept = new Accept(key, ballot, next.state(), role, next.body(), next.base(), next.edits());
        steps.add(new SendAccept<>(position, accept));
    }

    private void evaluateAccepts(List<Step<ChangeOutcome<R>>> steps, boolean stragglersAbandoned) {
        Intent<R> now = java.util.Objects.requireNonNull(intent, "accepting without an intent");
        int have = 0;
        int may = 0;
        for (int position = 0; position < accepts.length; position++) {
            AcceptReply reply = accepts[position];
            if (reply instanceof StaleLayout stale) {
                finishStale(steps, stale.version());
                return;
            }
            if (reply instanceof Accepted) {
                have |= 1 << position;
            }
            if (reply instanceof Accepted || reply == null) {
                may |= 1 << position;
            }
        }
        boolean enough = isMetBy(now, have);
        if (enough && (have == may || stragglersAbandoned)) {
            settle(steps, now, isEverywhere(have));
        } else if (enough && !stragglersTimed) {
            stragglersTimed = true;
            steps.add(new StartTimer<>(new Timer(Purpose.STRAGGLERS, attempt), timing.stragglersMillis()));
        } else if (!isMetBy(now, may)) {
            failAccept(steps, have != may);
        }
    }

    private boolean isMetBy(Intent<R> now, int replicas) {
        Content content = now.state().content();
        boolean isOwn = now.answer() instanceof Applied<R> && now.state().contains(operation);
        return isOwn ? suffices(content, replicas) : isReadable(content, replicas);
    }

    /** Whether these replicas are enough to acknowledge our own write: after the loss of any one it is still there. */
    protected boolean suffices(Content content, int replicas) {
        return Durability.suffices(quorum, content, replicas);
    }

    /** Whether these replicas are enough to finish another's write: its state can be read. */
    protected boolean isReadable(Content content, int replicas) {
        return Durability.isReadable(quorum, content, replicas);
    }

    /** Whether drives may forget that the key is not on all of them, these being the replicas that have it. */
    protected boolean isEverywhere(int have) {
        return have == quorum.everybody();
    }

    private void settle(List<Step<ChangeOutcome<R>>> steps, Intent<R> now, boolean everywhere) {
        for (int position = 0; position < quorum.replicas(); position++) {
            steps.add(new SendSettle<>(position, key, ballot, everywhere));
        }
        finish(steps, now.answer());
    }

    /** Not enough drives accept. A refusal is worth another attempt; anything else ends the operation. */
    private void failAccept(List<Step<ChangeOutcome<R>>> steps, boolean someAreWaiting) {
        boolean refused = false;
        boolean mayHaveLanded = false;
        boolean noSpace = false;
        @Nullable Fenced fenced = null;
        for (AcceptReply reply : accepts) {
            refused |= reply instanceof Refused;
            noSpace |= reply instanceof NoSpace;
            mayHaveLanded |= reply instanceof Accepted || reply instanceof Unknown;
            if (reply instanceof Fenced one && (fenced == null || one.configVersion() > fenced.configVersion())) {
                fenced = one;
            }
        }
        if (refused && fenced == null) {
            rest(steps);
        } else if (!someAreWaiting && (mayHaveLanded || retried)) {
            finish(steps, new OutcomeUnknown<>("accepted by too few drives"));
        } else if (!someAreWaiting && fenced != null) {
            finish(steps, new Outdated<>(fenced.configVersion(), fenced.closed()));
        } else if (!someAreWaiting && noSpace) {
            finish(steps, new NoRoom<>());
        } else if (!someAreWaiting) {
            finish(steps, new Unavailable<>("the drives lack the shards that the row names"));
        }
    }

    private void rest(List<Step<ChangeOutcome<R>>> steps) {
        phase = Phase.RESTING;
        corrected = false;
        // With an accept that may have landed there is no time: it must be found before sixteen others follow it.
        long pause = timing.backOff(lastAccept == null ? rests++ : 0, random.getAsDouble());
        steps.add(new StartTimer<>(new Timer(Purpose.BACK_OFF, attempt), pause));
    }

    private void finishStale(List<Step<ChangeOutcome<R>>> steps, long version) {
        finish(steps, new LayoutChanged<>(version, lastAccept));
    }

    private void giveUp(List<Step<ChangeOutcome<R>>> steps, String reason) {
        finish(steps, lastAccept == null ? new Unavailable<>(reason) : new OutcomeUnknown<>(reason));
    }

    private void finish(List<Step<ChangeOutcome<R>>> steps, ChangeOutcome<R> outcome) {
        phase = Phase.FINISHED;
        steps.add(new Finish<>(outcome));
    }

    private static State emptyTombstone(Ballot collected) {
        return new State(State.Kind.TOMBSTONE, Bytes.EMPTY, Content.NONE, forgotten(collected), 0, 0);
    }

    /** What a state begins to remember where a tombstone may have been collected: that there may have been a history. */
    private static List<AppliedOperation> forgotten(Ballot collected) {
        return collected.isZero() ? List.of() : List.of(new AppliedOperation(OperationId.FORGOTTEN, collected));
    }

    private List<AppliedOperation> remember(List<AppliedOperation> applied) {
        List<AppliedOperation> next = new ArrayList<>(applied);
        if (next.size() == State.APPLIED_MAX) {
            next.remove(0);
        }
        next.add(new AppliedOperation(operation, ballot));
        return next;
    }

    /** Register rule 1: an accept leaves only when its state can be read, and acknowledged, by what the drives have. */
    protected boolean isRecoverable(Content content) {
        return Durability.suffices(quorum, content, having.applyAsInt(content));
    }

    /** Whether the state says that the change of this operation is part of it. */
    protected boolean isApplied(OperationId id, State current) {
        return current.contains(id);
    }

    protected final Quorum quorum() {
        return quorum;
    }

    /**
     * Whether a state without our operation proves that no accept of ours is part of its history. The ballots of a
     * history ascend, so a memory that is not full, or reaches back beyond our accept, would show it. The latest accept
     * is enough: it was sent with a majority of promises and without the operation in sight, so that an earlier one
     * could only come back, and be followed by others, at ballots above the latest. A tombstone that was collected took
     * its memory along, so an accept at or below {@code collected} may have been part of the history (register rule 11),
     * and the state that came after it says so.
     */
    protected boolean isKnownUnapplied(State current, Ballot lastAccept, Ballot collected) {
        if (lastAccept.compareTo(collected) <= 0) {
            return false;
        }
        List<AppliedOperation> applied = current.applied();
        for (AppliedOperation one : applied) {
            if (one.operation().equals(OperationId.FORGOTTEN)) {
                return lastAccept.compareTo(one.ballot()) > 0;
            }
        }
        return applied.size() < State.APPLIED_MAX || applied.get(0).ballot().compareTo(lastAccept) < 0;
    }

    private static List<VersionEdit> edits(Promised promised) {
        return promised.row() == null ? List.of() : promised.row().edits();
    }

    private static Ballot accepted(Promised promised) {
        Row row = promised.row();
        return row == null ? Ballot.ZERO : row.accepted();
    }
}
