package io.azekura.actors.object;

import io.azekura.actors.object.BucketDirectory.NoAnswer;
import io.azekura.actors.object.BucketDirectory.Present;
import io.azekura.actors.protocol.ObjectStore.Attributes;
import io.azekura.actors.protocol.ObjectStore.Conflict;
import io.azekura.actors.protocol.ObjectStore.DeleteReply;
import io.azekura.actors.protocol.ObjectStore.Deleted;
import io.azekura.actors.protocol.ObjectStore.NoSuchBucket;
import io.azekura.actors.protocol.ObjectStore.NoSuchKey;
import io.azekura.actors.protocol.ObjectStore.OutOfSpace;
import io.azekura.actors.protocol.ObjectStore.Precondition;
import io.azekura.actors.protocol.ObjectStore.PreconditionFailed;
import io.azekura.actors.protocol.ObjectStore.PutObject;
import io.azekura.actors.protocol.ObjectStore.PutReply;
import io.azekura.actors.protocol.ObjectStore.Stored;
import io.azekura.actors.protocol.ObjectStore.Unavailable;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.ObjectKey;
import io.azekura.persistence.model.ObjectRecord;
import io.azekura.persistence.model.ObjectRecordFormat;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Change.Decision;
import io.azekura.persistence.register.Change.Refuse;
import io.azekura.persistence.register.Change.Write;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.Register.Declined;
import io.azekura.persistence.register.Register.NoRoom;
import io.azekura.persistence.register.Register.OutcomeUnknown;
import io.azekura.persistence.register.Register.Outdated;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes of object registers: a version whose bytes are durable becomes the object, or the object becomes a tombstone.
 * Preconditions are judged inside the change, so of two that exclude one another exactly one succeeds. A change that
 * the drives refuse as outdated is asked again under the bucket's newer configuration, unless the bucket is gone.
 */
final class ObjectCommit {
    /** How often the configuration of a bucket may change under one write before the client is told to come back. */
    private static final int CONFIGURATIONS_MAX = 4;

    private final Register register;
    private final BucketDirectory directory;
    private final Identifiers identifiers;
    private final LongSupplier micros;

    /** {@code micros} is the wall clock in microseconds since the epoch; it may go back. */
    ObjectCommit(Register register, BucketDirectory directory, Identifiers identifiers, LongSupplier micros) {
        this.register = register;
        this.directory = directory;
        this.identifiers = identifiers;
        this.micros = micros;
    }

    /** A body that is durable; {@code undo} removes it if no row will ever name it. {@code body} goes with the row. */
    record Ready(Content content, @Nullable Bytes body, Runnable undo) {}

    /** Why a change is refused. */
    private enum Refusal {
        PRECONDITION,
        NO_SUCH_KEY,
        DAMAGED
    }

    /** How a change ended. Whatever is not {@link Applied} left the register as it was, except for {@link Unknown}. */
    private sealed interface End {}

    private record Done(State state) implements End {}

    private record Refused(Refusal refusal) implements End {}

    private record BucketGone() implements End {}

    private record BucketBusy() implements End {}

    private record NoSpace() implements End {}

    private record NotNow(String reason) implements End {}

    private record Unknown(String reason) implements End {}

    /** Asks for the attributes and makes the body the object. Fails, and undoes, when the attributes fail. */
    CompletionStage<PutReply> commit(BucketRecord bucket, PutObject put, Ready ready) {
        Attributes attributes;
        try {
            attributes = put.attributes().get();
        } catch (RuntimeException failure) {
            ready.undo().run();
            return CompletableFuture.failedStage(failure);
        }
        return change(
                        bucket,
                        put.key(),
                        1,
                        (current, configVersion) -> decide(current, configVersion, put, attributes, ready))
                .thenApply(end -> {
                    if (!(end instanceof Done) && !(end instanceof Unknown)) {
                        ready.undo().run();
                    }
                    return putReply(end);
                });
    }

    CompletionStage<DeleteReply> delete(BucketRecord bucket, ObjectKey key) {
        return change(bucket, key, 1, this::decideDeletion).thenApply(ObjectCommit::deleteReply);
    }

    @FunctionalInterface
    private interface ConfiguredChange {
        Decision<Refusal> decide(State current, long configVersion) throws IOException;
    }

    private Decision<Refusal> decide(
            State current, long configVersion, PutObject put, Attributes attributes, Ready ready) throws IOException {
        ObjectRecord previous = record(current);
        Refusal refusal = judge(put.precondition(), current.isLive() ? previous : null);
        if (refusal != null) {
            return new Refuse<>(refusal);
        }
        ObjectRecord next = new ObjectRecord(
                timeAfter(previous),
                put.length(),
                attributes.etag(),
                attributes.headers(),
                attributes.metadata(),
                attributes.checksums());
        return new Write<>(
                State.Kind.LIVE, ObjectRecordFormat.encode(next), ready.content(), ready.body(), configVersion);
    }

    /** A tombstone keeps the time of the deletion, so that no later version is older than it. */
    private Decision<Refusal> decideDeletion(State current, long configVersion) throws IOException {
        if (!current.isLive()) {
            return new Refuse<>(Refusal.NO_SUCH_KEY);
        }
        ObjectRecord stone = new ObjectRecord(timeAfter(record(current)), 0, "", Map.of(), Map.of(), List.of());
        return new Write<>(State.Kind.TOMBSTONE, ObjectRecordFormat.encode(stone), Content.NONE, null, configVersion);
    }

    private static @Nullable Refusal judge(Precondition precondition, @Nullable ObjectRecord live) {
        if (precondition instanceof Precondition.Absent) {
            return live == null ? null : Refusal.PRECONDITION;
        }
        if (precondition instanceof Precondition.Matches matches) {
            if (live == null) {
                return Refusal.NO_SUCH_KEY;
            }
            boolean isMatch = matches.etag().equals("*") || matches.etag().equals(live.etag());
            return isMatch ? null : Refusal.PRECONDITION;
        }
        return null;
    }

    /** Version time (register rule 12): never at or below that of the version it replaces. */
    private long timeAfter(@Nullable ObjectRecord previous) {
        long now = micros.getAsLong();
        return previous == null ? now : Math.max(now, previous.time() + 1);
    }

    private static @Nullable ObjectRecord record(State state) throws IOException {
        return state.kind() == State.Kind.ABSENT ? null : ObjectRecordFormat.decode(state.value());
    }

    private CompletionStage<End> change(
            BucketRecord bucket, ObjectKey key, int configurations, ConfiguredChange configured) {
        Change<Refusal> change = current -> {
            try {
                return configured.decide(current, bucket.configVersion());
            } catch (IOException damage) {
                return new Refuse<>(Refusal.DAMAGED);
            }
        };
        RegisterKey register = new RegisterKey(bucket.incarnation(), key.utf8());
        return this.register
                .change(register, identifiers.nextOperation(), change)
                .thenCompose(outcome -> outcome instanceof Outdated<Refusal>
                        ? changeAgain(bucket, key, configurations, configured)
                        : CompletableFuture.completedStage(end(outcome)));
    }

    private CompletionStage<End> changeAgain(
            BucketRecord outdated, ObjectKey key, int configurations, ConfiguredChange configured) {
        directory.forget(outdated.name());
        return directory.read(outdated.name()).thenCompose(lookup -> {
            if (lookup instanceof NoAnswer noAnswer) {
                return CompletableFuture.completedStage(new NotNow(noAnswer.reason()));
            }
            if (!(lookup instanceof Present present) || present.bucket().incarnation() != outdated.incarnation()) {
                return CompletableFuture.completedStage(new BucketGone());
            }
            if (present.bucket().closing() || configurations == CONFIGURATIONS_MAX) {
                return CompletableFuture.completedStage(new BucketBusy());
            }
            return change(present.bucket(), key, configurations + 1, configured);
        });
    }

    private static End end(ChangeOutcome<Refusal> outcome) {
        if (outcome instanceof Applied<Refusal> applied) {
            return new Done(applied.state());
        }
        if (outcome instanceof Declined<Refusal> declined) {
            return new Refused(declined.reason());
        }
        if (outcome instanceof NoRoom<Refusal>) {
            return new NoSpace();
        }
        return outcome instanceof OutcomeUnknown<Refusal> unknown
                ? new Unknown(unknown.reason())
                : new NotNow(outcome.toString());
    }

    private static PutReply putReply(End end) {
        if (end instanceof Done done) {
            ObjectRecord record =
                    Lane.unchecked(() -> ObjectRecordFormat.decode(done.state().value()));
            return new Stored(record);
        }
        if (end instanceof Refused refused && refused.refusal() != Refusal.DAMAGED) {
            return refused.refusal() == Refusal.NO_SUCH_KEY ? new NoSuchKey() : new PreconditionFailed();
        }
        if (end instanceof BucketGone) {
            return new NoSuchBucket();
        }
        if (end instanceof BucketBusy) {
            return new Conflict();
        }
        return end instanceof NoSpace ? new OutOfSpace() : new Unavailable(end.toString());
    }

    private static DeleteReply deleteReply(End end) {
        if (end instanceof Done || (end instanceof Refused refused && refused.refusal() == Refusal.NO_SUCH_KEY)) {
            return new Deleted();
        }
        if (end instanceof BucketGone) {
            return new NoSuchBucket();
        }
        return end instanceof BucketBusy ? new Conflict() : new Unavailable(end.toString());
    }
}
