package io.azekura.persistence.simulation;

import io.azekura.persistence.bucket.BucketLife;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.Outcome;
import io.azekura.persistence.object.Precondition;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.simulation.Clients.End;
import io.azekura.persistence.simulation.Clients.Failed;
import io.azekura.persistence.simulation.Clients.Lost;
import io.azekura.persistence.simulation.Clients.Ok;
import io.azekura.persistence.simulation.history.Call;
import io.azekura.persistence.simulation.history.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What clients do with a bucket that comes and goes. As in a real gateway, a write goes by the record that the process last
 * read, however old it is, and reads it again only when drives refuse. Calls are recorded under the incarnation, so that
 * the checkers see each life of the bucket by itself.
 */
final class BucketDeeds {
    static final BucketName NAME = new BucketName("bucket");
    private static final int TRIES = 3;

    private final World world;
    private final Supplier<String> values;
    /** By incarnation the configuration version that was acknowledged to be in effect. */
    private final Map<Long, Long> inEffect = new HashMap<>();

    BucketDeeds(World world, Supplier<String> values) {
        this.world = world;
        this.values = values;
    }

    /** Records a call and how it ends. */
    @FunctionalInterface
    interface Recorder {
        CompletionStage<End> call(Call call, Supplier<CompletionStage<End>> action);
    }

    /** One write of an object under a record of the bucket, and the call that it is. */
    private record Write(Call call, Supplier<? extends CompletionStage<? extends Outcome<?>>> action) {}

    CompletionStage<Boolean> perform(Session session, Deed deed, Recorder recorder) {
        return switch (deed.kind()) {
            case BUCKET_CREATE -> create(session, recorder, 2);
            case BUCKET_DELETE -> delete(session, recorder);
            case BUCKET_RECONFIGURE -> reconfigure(session);
            case BUCKET_PUT ->
                deed.client() == Simulation.LAST_CLIENT
                        ? mustPut(session, deed, recorder)
                        : write(session, recorder, bucket -> put(session, deed, bucket));
            case BUCKET_REMOVE -> write(session, recorder, bucket -> remove(session, deed, bucket));
            default -> list(session, recorder);
        };
    }

    static String name(BucketRecord bucket) {
        return Long.toHexString(bucket.incarnation());
    }

    private CompletionStage<Boolean> create(Session session, Recorder recorder, int tries) {
        long incarnation = session.nextIncarnation();
        BucketLife.CreateOutcome[] ended = new BucketLife.CreateOutcome[1];
        return recorder.call(new Call.BucketCreate(Long.toHexString(incarnation)), () -> session.buckets()
                        .create(NAME, incarnation, world.wallMicros(session.gateway()))
                        .thenApply(outcome -> {
                            ended[0] = outcome;
                            if (outcome instanceof BucketLife.Created created) {
                                session.know(created.bucket());
                                return new Ok(Result.Done.DONE);
                            }
                            return outcome instanceof BucketLife.OutcomeUnknown
                                    ? new Lost(outcome.toString())
                                    : new Failed(outcome.toString());
                        }))
                .thenCompose(end -> {
                    if (ended[0] instanceof BucketLife.Exists exists) {
                        if (!exists.bucket().closing()) {
                            session.know(exists.bucket());
                        } else if (tries > 1) {
                            return session.buckets()
                                    .finish(exists.bucket())
                                    .thenCompose(finished -> create(session, recorder, tries - 1));
                        }
                    }
                    return CompletableFuture.completedStage(true);
                });
    }

    private CompletionStage<Boolean> delete(Session session, Recorder recorder) {
        return session.buckets().read(NAME).thenCompose(read -> {
            if (!(read instanceof BucketLife.Found found)) {
                return CompletableFuture.completedStage(false);
            }
            return recorder.call(
                            new Call.BucketDelete(name(found.bucket())),
                            () -> session.buckets().delete(found.bucket()).thenApply(BucketDeeds::deleted))
                    .thenApply(end -> true);
        });
    }

    /** A conflict, or that nothing is there, may be what somebody left who finished the deletion. */
    private static End deleted(BucketLife.DeleteOutcome outcome) {
        if (outcome instanceof BucketLife.Deleted) {
            return new Ok(Result.Done.DONE);
        }
        if (outcome instanceof BucketLife.NotEmpty) {
            return new Ok(Result.Refusal.BUCKET_NOT_EMPTY);
        }
        return outcome instanceof BucketLife.Unavailable
                ? new Failed(outcome.toString())
                : new Lost(outcome.toString());
    }

    private CompletionStage<Boolean> reconfigure(Session session) {
        return known(session).thenCompose(known -> {
            if (known.isEmpty()) {
                return CompletableFuture.completedStage(false);
            }
            BucketRecord bucket = known.get();
            return session.buckets().reconfigure(bucket).thenApply(outcome -> {
                if (outcome instanceof BucketLife.Reconfigured done) {
                    session.know(done.bucket());
                    inEffect.merge(bucket.incarnation(), done.bucket().configVersion(), Math::max);
                } else {
                    session.know(null);
                }
                world.kernel().say("reconfigured " + bucket + ": " + outcome);
                return true;
            });
        });
    }

    private CompletionStage<Boolean> list(Session session, Recorder recorder) {
        return known(session).thenCompose(known -> {
            if (known.isEmpty()) {
                return CompletableFuture.completedStage(false);
            }
            BucketRecord bucket = known.get();
            return recorder.call(
                            new Call.ListKeys(name(bucket), "", ""),
                            () -> Clients.pages(session, bucket.incarnation(), Bytes.EMPTY, new ArrayList<>()))
                    .thenApply(end -> true);
        });
    }

    /** The record as the process knows it, or as it is now if it knows none; nothing if no bucket is open. */
    private CompletionStage<Optional<BucketRecord>> known(Session session) {
        BucketRecord bucket = session.knownBucket();
        return bucket == null ? readAgain(session) : CompletableFuture.completedStage(Optional.of(bucket));
    }

    private CompletionStage<Optional<BucketRecord>> readAgain(Session session) {
        session.know(null);
        return session.buckets().read(NAME).thenCompose(read -> {
            if (!(read instanceof BucketLife.Found found)) {
                return CompletableFuture.completedStage(Optional.empty());
            }
            if (found.bucket().closing()) {
                return session.buckets().finish(found.bucket()).thenApply(finished -> Optional.empty());
            }
            session.know(found.bucket());
            return CompletableFuture.completedStage(Optional.of(found.bucket()));
        });
    }

    /** When all is quiet whoever reads the record anew can write. */
    private CompletionStage<Boolean> mustPut(Session session, Deed deed, Recorder recorder) {
        return write(session, recorder, bucket -> put(session, deed, bucket))
                .thenCompose(isDone -> isDone
                        ? CompletableFuture.completedStage(true)
                        : write(session, recorder, bucket -> put(session, deed, bucket)))
                .thenApply(isDone -> {
                    if (!isDone) {
                        world.broken("all is quiet, and the bucket that is there cannot be written");
                    }
                    return isDone;
                });
    }

    private Write put(Session session, Deed deed, BucketRecord bucket) {
        String key = "b" + deed.key();
        String value = values.get();
        RegisterKey register = Clients.key(bucket.incarnation(), key);
        return new Write(new Call.Put(name(bucket), key, value), () -> session.objects()
                .putOnceStaged(
                        register,
                        Clients.terms(bucket.configVersion()),
                        Precondition.NONE,
                        Clients.staged(session, register, value, deed.argument() % 3 == 0)));
    }

    private Write remove(Session session, Deed deed, BucketRecord bucket) {
        String key = "b" + deed.key();
        return new Write(new Call.Delete(name(bucket), key), () -> session.objects()
                .delete(
                        Clients.key(bucket.incarnation(), key),
                        Clients.terms(bucket.configVersion()),
                        Precondition.NONE,
                        Bytes.EMPTY));
    }

    private CompletionStage<Boolean> write(Session session, Recorder recorder, Function<BucketRecord, Write> writing) {
        return known(session)
                .thenCompose(bucket -> bucket.isEmpty()
                        ? CompletableFuture.completedStage(true)
                        : write(session, recorder, writing, bucket.get(), TRIES));
    }

    /** Completes with whether it succeeded, or was not to. */
    private CompletionStage<Boolean> write(
            Session session, Recorder recorder, Function<BucketRecord, Write> writing, BucketRecord bucket, int tries) {
        Write write = writing.apply(bucket);
        boolean[] refused = new boolean[1];
        long before = inEffect.getOrDefault(bucket.incarnation(), 0L);
        return recorder.call(write.call(), () -> write.action().get().thenApply(outcome -> {
                    refused[0] = outcome instanceof Outcome.Outdated;
                    if (outcome instanceof Outcome.Done && bucket.configVersion() < before) {
                        world.broken("a write under " + bucket + " was acknowledged after version " + before
                                + " was in effect");
                    }
                    return Clients.end(outcome, done -> Result.Done.DONE);
                }))
                .thenCompose(end -> {
                    if (end instanceof Lost) {
                        // One drive that lagged behind took it, which hides that the others know of a newer version.
                        session.know(null);
                    }
                    if (!refused[0]) {
                        return CompletableFuture.completedStage(end instanceof Ok);
                    }
                    return again(session, bucket)
                            .thenCompose(now -> now.isEmpty() || tries == 1
                                    ? CompletableFuture.completedStage(now.isEmpty())
                                    : write(session, recorder, writing, now.get(), tries - 1));
                });
    }

    /** Reads the record that drives refused; if it is still the same, whoever wrote it did not tell enough of them. */
    private CompletionStage<Optional<BucketRecord>> again(Session session, BucketRecord refused) {
        return readAgain(session)
                .thenCompose(now -> refused.equals(now.orElse(null))
                        ? session.buckets().confirm(refused).thenApply(told -> now)
                        : CompletableFuture.completedStage(now));
    }
}
