package io.azekura.persistence.bucket;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.BucketRecordFormat;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change.Decision;
import io.azekura.persistence.register.Change.Refuse;
import io.azekura.persistence.register.Change.Write;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.Register.Declined;
import io.azekura.persistence.register.Register.NoRoom;
import io.azekura.persistence.register.Register.Outdated;
import io.azekura.persistence.register.Register.Value;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Creates, reconfigures and deletes buckets. A bucket is one register in the store's own space; what it says is also told
 * to the drives of the bucket's space, always after the register said it, so that the drives never know of a version
 * that does not exist, and whoever reads the register may tell them again ({@link #confirm}).
 *
 * <p>Deletion goes in steps, any two of which a crash may come between: the register says closing; a majority of every
 * partition's drives refuses writes; the bucket is looked through; the register becomes a tombstone, or says open again
 * under one more version. Each step of the register replaces exactly the record that the one before it left, so several
 * deleters may be at it and {@link #finish} takes on what a dead one left behind.
 */
public class BucketLife {
    /** What the keys of bucket registers begin with, the name following. */
    public static final Bytes PREFIX = Bytes.utf8("b/");

    /** Configuration version of the store's own space, which is never fenced. */
    private static final long SYSTEM_CONFIG_VERSION = 0;

    private static final long FIRST_CONFIG_VERSION = 1;
    private static final int PAGE_ENTRIES = 1000;

    private final Register register;
    private final Scan scan;
    private final Fencing fencing;
    private final Supplier<OperationId> operations;
    private final Occupancy occupancy;

    /** {@code operations} gives an id that was never used before, each time. */
    public BucketLife(Register register, Scan scan, Fencing fencing, Supplier<OperationId> operations) {
        this.register = register;
        this.scan = scan;
        this.fencing = fencing;
        this.operations = operations;
        this.occupancy = new Occupancy(scan, this::occupies);
    }

    public sealed interface CreateOutcome {}

    public sealed interface ReadOutcome {}

    public sealed interface ReconfigureOutcome {}

    public sealed interface DeleteOutcome {}

    /** What can end anything that is asked of a bucket. */
    public sealed interface Failure extends CreateOutcome, ReadOutcome, ReconfigureOutcome, DeleteOutcome {}

    public record Created(BucketRecord bucket) implements CreateOutcome {}

    /** The name is taken by this bucket, which may be closing: then {@link #finish} may free it. */
    public record Exists(BucketRecord bucket) implements CreateOutcome {}

    public record Found(BucketRecord bucket) implements ReadOutcome {}

    /** In effect: no write under an older configuration succeeds from now on. */
    public record Reconfigured(BucketRecord bucket) implements ReconfigureOutcome {}

    /** The bucket and everything that was in it is gone for good, and its incarnation never comes back. */
    public record Deleted() implements DeleteOutcome {}

    /** There are objects, versions, or uploads that are not finished. The bucket is open. */
    public record NotEmpty() implements DeleteOutcome {}

    public record NoSuchBucket() implements ReadOutcome, ReconfigureOutcome, DeleteOutcome {}

    /** Somebody else changed the bucket meanwhile. */
    public record Conflict() implements ReconfigureOutcome, DeleteOutcome {}

    /** Too few drives answer; what was asked did not happen. */
    public record Unavailable(String reason) implements Failure {}

    /** What was asked may have happened, or may yet: asking again, or {@link #confirm} and {@link #finish}, settle it. */
    public record OutcomeUnknown(String reason) implements Failure {}

    /** The record is not what was written. */
    public record Damaged(String what) implements Failure {}

    public static RegisterKey key(BucketName name) {
        return new RegisterKey(RegisterKey.SYSTEM, Bytes.utf8(PREFIX.utf8() + name));
    }

    /** The bucket as its register says. */
    public CompletionStage<ReadOutcome> read(BucketName name) {
        return register.read(key(name)).thenApply(outcome -> {
            if (!(outcome instanceof Value value)) {
                return new Unavailable("bucket " + name + ": " + outcome);
            }
            if (!value.state().isLive()) {
                return new NoSuchBucket();
            }
            try {
                return new Found(BucketRecordFormat.decode(value.state().value()));
            } catch (IOException damage) {
                return new Damaged(String.valueOf(damage.getMessage()));
            }
        });
    }

    /** {@code incarnation} is fresh for every call ({@link BucketSpace#incarnation}), so that no old row is ever in it. */
    public CompletionStage<CreateOutcome> create(BucketName name, long incarnation, long createdMicros) {
        Check.argument(BucketSpace.isUsable(incarnation), "the incarnation of the store's own space");
        BucketRecord fresh = new BucketRecord(name, incarnation, FIRST_CONFIG_VERSION, createdMicros, false);
        Write<State> write = live(fresh);
        return change(name, current -> current.isLive() ? new Refuse<>(current) : write)
                .thenApply(outcome -> {
                    if (outcome instanceof Applied<State>) {
                        return new Created(fresh);
                    }
                    if (!(outcome instanceof Declined<State> declined)) {
                        return failure(outcome);
                    }
                    try {
                        return new Exists(
                                BucketRecordFormat.decode(declined.current().value()));
                    } catch (IOException damage) {
                        return new Damaged(String.valueOf(damage.getMessage()));
                    }
                });
    }

    /**
     * Raises the configuration version of the bucket by one and answers once that is in effect. Between the two, a write
     * may still be under the old configuration or already under the new one, as for any change that is under way.
     */
    public CompletionStage<ReconfigureOutcome> reconfigure(BucketRecord bucket) {
        if (bucket.closing()) {
            return done(new Conflict());
        }
        BucketRecord next = next(bucket, false);
        return replace(bucket, next).thenCompose(outcome -> {
            if (outcome instanceof Declined<State> declined) {
                return done(declined.current().isLive() ? new Conflict() : new NoSuchBucket());
            }
            if (!(outcome instanceof Applied<State>)) {
                return done(failure(outcome));
            }
            return confirm(next)
                    .thenApply(isFenced -> isFenced
                            ? new Reconfigured(next)
                            : new OutcomeUnknown("too few drives know the new configuration"));
        });
    }

    /**
     * Has the drives know what the register says of the bucket; true once enough do. For whoever finds drives that refuse
     * writes under the version that the register has: its writer died, or had no quorum, before it told them.
     */
    public CompletionStage<Boolean> confirm(BucketRecord bucket) {
        return fence(bucket);
    }

    /** Deletes the bucket if it is empty. Looks before it closes, so that a full bucket is not disturbed by the attempt. */
    public CompletionStage<DeleteOutcome> delete(BucketName name) {
        return read(name).thenCompose(read -> {
            if (!(read instanceof Found found)) {
                return done(read instanceof Failure failure ? failure : new NoSuchBucket());
            }
            return delete(found.bucket());
        });
    }

    /** As {@link #delete(BucketName)}, of exactly the bucket that was read: never of another one of that name. */
    public CompletionStage<DeleteOutcome> delete(BucketRecord bucket) {
        return bucket.closing() ? judge(bucket) : closeIfEmpty(bucket);
    }

    /** Commits or reverts a deletion that was left behind; {@code closing} is the record as it was read. */
    public CompletionStage<DeleteOutcome> finish(BucketRecord closing) {
        Check.argument(closing.closing(), "bucket " + closing.name() + " is not closing");
        return judge(closing);
    }

    /**
     * Looks after all buckets, from time to time: finishes deletions that were left behind, and lets the drives forget what
     * they have of buckets that are gone. True when there was nothing that could not be done.
     *
     * <p>A space that a drive has closed was a bucket's before it was closed; a bucket has its name until its deletion is
     * committed, and its incarnation never comes back. So when nothing has that incarnation afterwards, it is gone.
     */
    public CompletionStage<Boolean> tend() {
        return fencing.closed().thenCompose(closed -> tend(Bytes.EMPTY, new HashSet<>(closed), true));
    }

    private CompletionStage<Boolean> tend(Bytes from, Set<Long> closed, boolean isFine) {
        return scan.page(new Scan.Range(RegisterKey.SYSTEM, PREFIX, from, PAGE_ENTRIES))
                .thenCompose(outcome -> {
                    if (!(outcome instanceof Scan.Page page)) {
                        return done(false);
                    }
                    CompletionStage<Boolean> all = done(isFine);
                    for (Scan.Entry entry : page.entries()) {
                        if (entry.state().isLive()) {
                            all = all.thenCompose(before -> tend(entry, closed).thenApply(now -> before && now));
                        }
                    }
                    Bytes next = page.next();
                    return all.thenCompose(now -> next != null ? tend(next, closed, now) : bury(closed, now));
                });
    }

    private CompletionStage<Boolean> tend(Scan.Entry entry, Set<Long> closed) {
        try {
            BucketRecord bucket = BucketRecordFormat.decode(entry.state().value());
            closed.removeAll(BucketSpace.all(bucket.incarnation()));
            return bucket.closing() ? finish(bucket).thenApply(outcome -> !(outcome instanceof Failure)) : done(true);
        } catch (IOException damage) {
            // Which incarnation it has cannot be told, so none is known to be gone.
            closed.clear();
            return done(false);
        }
    }

    private CompletionStage<Boolean> bury(Set<Long> gone, boolean isFine) {
        CompletionStage<Boolean> all = done(isFine);
        for (long space : gone) {
            all = all.thenCombine(bury(space), (before, now) -> before && now);
        }
        return all;
    }

    private CompletionStage<DeleteOutcome> closeIfEmpty(BucketRecord bucket) {
        return occupancy.of(bucket.incarnation()).thenCompose(found -> switch (found) {
            case OCCUPIED -> done(new NotEmpty());
            case UNKNOWN -> done(new Unavailable("too few drives to tell whether the bucket is empty"));
            case EMPTY -> {
                BucketRecord closing = next(bucket, true);
                yield replace(bucket, closing).thenCompose(outcome -> after(outcome, () -> judge(closing)));
            }
        });
    }

    private CompletionStage<DeleteOutcome> judge(BucketRecord closing) {
        return fence(closing).thenCompose(isFenced -> {
            if (!isFenced) {
                return reopen(closing, new Unavailable("too few drives close the bucket"));
            }
            return occupancy.of(closing.incarnation()).thenCompose(found -> switch (found) {
                case EMPTY -> commit(closing);
                case OCCUPIED -> reopen(closing, new NotEmpty());
                case UNKNOWN -> reopen(closing, new Unavailable("too few drives to tell whether the bucket is empty"));
            });
        });
    }

    private CompletionStage<DeleteOutcome> commit(BucketRecord closing) {
        Write<State> tombstone =
                new Write<>(State.Kind.TOMBSTONE, Bytes.EMPTY, Content.NONE, null, SYSTEM_CONFIG_VERSION);
        return change(closing.name(), current -> isCurrent(current, closing) ? tombstone : new Refuse<>(current))
                .thenCompose(outcome -> after(outcome, () -> {
                    BucketSpace.all(closing.incarnation()).forEach(this::bury);
                    return done(new Deleted());
                }))
                .thenApply(BucketLife::whileClosing);
    }

    /** What is closing stays so after a failure, and whoever finishes it may delete it yet. */
    private static DeleteOutcome whileClosing(DeleteOutcome outcome) {
        return outcome instanceof Unavailable failed ? new OutcomeUnknown(failed.reason()) : outcome;
    }

    /** Lets the drives forget a space for good. Needs no answer: {@link #tend} does it again for those who missed it. */
    private CompletionStage<Boolean> bury(long space) {
        return fencing.fence(space, Fencing.GONE, true);
    }

    private CompletionStage<DeleteOutcome> reopen(BucketRecord closing, DeleteOutcome reply) {
        BucketRecord open = next(closing, false);
        return replace(closing, open)
                .thenCompose(outcome -> outcome instanceof Applied<State>
                        ? confirm(open).thenApply(isConfirmed -> reply)
                        : after(outcome, () -> done(reply)).thenApply(BucketLife::whileClosing));
    }

    private static CompletionStage<DeleteOutcome> after(
            ChangeOutcome<State> outcome, Supplier<CompletionStage<DeleteOutcome>> next) {
        if (outcome instanceof Applied<State>) {
            return next.get();
        }
        if (outcome instanceof Declined<State> declined) {
            return done(declined.current().isLive() ? new Conflict() : new NoSuchBucket());
        }
        return done(failure(outcome));
    }

    /** Tells the drives of every space of the bucket; true once a majority of every partition knows. */
    protected CompletionStage<Boolean> fence(BucketRecord bucket) {
        CompletionStage<Boolean> all = done(true);
        for (long space : BucketSpace.all(bucket.incarnation())) {
            CompletionStage<Boolean> one = fencing.fence(space, bucket.configVersion(), bucket.closing());
            all = all.thenCombine(one, (before, now) -> before && now);
        }
        return all;
    }

    /** Whether a state keeps its bucket from being deleted: a tombstone does if it has older versions. */
    protected boolean occupies(State state) {
        return state.isLive() || state.history().count() > 0;
    }

    /** Whether the register still says exactly this. Versions only grow, so then it said so all the time. */
    protected boolean isCurrent(State state, BucketRecord expected) {
        return state.isLive() && state.value().equals(BucketRecordFormat.encode(expected));
    }

    private CompletionStage<ChangeOutcome<State>> replace(BucketRecord expected, BucketRecord next) {
        Write<State> write = live(next);
        return change(expected.name(), current -> isCurrent(current, expected) ? write : new Refuse<>(current));
    }

    private CompletionStage<ChangeOutcome<State>> change(BucketName name, Function<State, Decision<State>> decide) {
        return register.<State>change(key(name), operations.get(), decide::apply);
    }

    private static Write<State> live(BucketRecord bucket) {
        return new Write<>(
                State.Kind.LIVE, BucketRecordFormat.encode(bucket), Content.NONE, null, SYSTEM_CONFIG_VERSION);
    }

    private static Failure failure(ChangeOutcome<State> outcome) {
        boolean nothingHappened = outcome instanceof Register.Unavailable<State>
                || outcome instanceof NoRoom<State>
                || outcome instanceof Outdated<State>;
        return nothingHappened ? new Unavailable(outcome.toString()) : new OutcomeUnknown(outcome.toString());
    }

    private static BucketRecord next(BucketRecord bucket, boolean closing) {
        return new BucketRecord(
                bucket.name(), bucket.incarnation(), bucket.configVersion() + 1, bucket.createdMicros(), closing);
    }

    private static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedStage(value);
    }
}
