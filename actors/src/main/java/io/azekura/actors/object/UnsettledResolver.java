package io.azekura.actors.object;

import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.register.Proposer;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Register.Declined;
import io.azekura.persistence.register.RegisterKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes what dead proposers left (register rule 2): looks for registers of which some drive has had an unsettled row
 * for too long, has a proposer decide what they are, and tells those drives. Once nothing is left that any drive brought with it when it was mounted, staged
 * shards that no row names are nobody's, and the drives are told to remove them: once in a process start, and only with
 * every drive answering, because one that is away may have the row.
 */
public final class UnsettledResolver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UnsettledResolver.class);

    /** Age of a row at which its proposer is taken for dead. */
    private static final Duration AGE = Duration.ofSeconds(2);

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** Registers finished at the same time: enough to keep up, few beside the requests of clients. */
    private static final int KEYS_AT_ONCE = 16;

    private final Register register;
    private final Identifiers identifiers;
    private final List<Drive> drives;
    private final Executor io;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;
    /** Touched by passes only, which do not overlap: since when all drives have answered, or null. */
    private @Nullable Long completeSince;

    private boolean hasDiscarded;
    private volatile @Nullable Future<?> next;
    private volatile boolean isClosed;

    /**
     * Starts at once.
     *
     * @param drives every drive of the node
     * @param io threads that may block on drives
     */
    public static UnsettledResolver start(
            Register register,
            Identifiers identifiers,
            List<Drive> drives,
            Executor io,
            ScheduledExecutorService timer) {
        UnsettledResolver resolver = new UnsettledResolver(register, identifiers, drives, io, timer, System::nanoTime);
        resolver.runAfter(Duration.ZERO);
        return resolver;
    }

    UnsettledResolver(
            Register register,
            Identifiers identifiers,
            List<Drive> drives,
            Executor io,
            ScheduledExecutorService timer,
            LongSupplier nanos) {
        this.register = register;
        this.identifiers = identifiers;
        this.drives = List.copyOf(drives);
        this.io = io;
        this.timer = timer;
        this.nanos = nanos;
    }

    /** One pass over all drives; how many registers it could not settle. Later passes will try them again. */
    CompletionStage<Integer> pass() {
        return CompletableFuture.supplyAsync(this::pending, io)
                .thenCompose(pending -> settle(pending.entrySet().iterator(), 0).thenApply(failed -> {
                    discardUnclaimedAfter(failed);
                    return failed;
                }));
    }

    /** The drives that have an unsettled row, by key. */
    private Map<RegisterKey, List<Drive>> pending() {
        Map<RegisterKey, List<Drive>> pending = new TreeMap<>();
        for (Drive drive : drives) {
            for (RegisterKey key : drive.unsettled(AGE)) {
                pending.computeIfAbsent(key, none -> new ArrayList<>()).add(drive);
            }
        }
        return pending;
    }

    /** When all drives have been there for the age of the rows looked for, a pass has seen all that they brought. */
    private void discardUnclaimedAfter(int failed) {
        if (hasDiscarded || !drives.stream().allMatch(UnsettledResolver::isAnswering)) {
            completeSince = null;
            return;
        }
        long now = nanos.getAsLong();
        Long since = completeSince;
        if (since == null) {
            completeSince = now;
        } else if (failed == 0 && now - since > AGE.plus(PERIOD).toNanos()) {
            drives.forEach(Drive::discardUnclaimed);
            hasDiscarded = true;
        }
    }

    private CompletionStage<Integer> settle(Iterator<Map.Entry<RegisterKey, List<Drive>>> pending, int failed) {
        if (!pending.hasNext()) {
            return CompletableFuture.completedStage(failed);
        }
        CompletionStage<Integer> sum = CompletableFuture.completedStage(failed);
        for (int i = 0; i < KEYS_AT_ONCE && pending.hasNext(); i++) {
            Map.Entry<RegisterKey, List<Drive>> next = pending.next();
            sum = sum.thenCombine(
                    settle(next.getKey(), next.getValue()), (count, isSettled) -> isSettled ? count : count + 1);
        }
        return sum.thenCompose(count -> settle(pending, count));
    }

    /** A read would not do: it may be decided by drives that know nothing of the pending row. */
    private CompletionStage<Boolean> settle(RegisterKey key, List<Drive> holders) {
        return register.change(key, identifiers.nextOperation(), Proposer.finishing())
                .thenApply(outcome -> {
                    if (outcome instanceof Declined<String> declined) {
                        holders.forEach(drive -> drive.settle(key, declined.ballot()));
                        return true;
                    }
                    return false;
                });
    }

    private static boolean isAnswering(Drive drive) {
        return switch (drive.status().condition()) {
            case ONLINE, SLOW, FULL -> true;
            case HUNG, REPLACED, FAULTY -> false;
        };
    }

    private void runAfter(Duration delay) {
        if (isClosed) {
            return;
        }
        try {
            next = timer.schedule(this::passAndRepeat, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The timer stopped before the resolver");
        }
    }

    private void passAndRepeat() {
        pass().whenComplete((failed, bug) -> {
            if (bug != null) {
                LOG.error("Looking for unsettled registers failed", bug);
            } else if (failed > 0) {
                LOG.warn("{} registers cannot be settled now", failed);
            }
            runAfter(PERIOD);
        });
    }

    /** No pass begins any more; one under way ends by itself. */
    @Override
    public void close() {
        isClosed = true;
        Future<?> scheduled = next;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }
}
