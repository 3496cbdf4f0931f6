package io.azekura.persistence.object;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.Outcome.Done;
import io.azekura.persistence.object.Outcome.NoRoom;
import io.azekura.persistence.object.Outcome.Outdated;
import io.azekura.persistence.object.Outcome.Refused;
import io.azekura.persistence.object.Outcome.Unavailable;
import io.azekura.persistence.object.Outcome.Unknown;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.Register.Declined;
import io.azekura.persistence.register.Register.OutcomeUnknown;
import io.azekura.persistence.register.Register.Value;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.VersionEdit;
import io.azekura.persistence.register.Versions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ports that the procedures share, and the steps that all of them are made of. */
class Procedure {
    /** How often what was read may change before the client is told to come back. */
    private static final int ATTEMPTS_MAX = 16;

    protected final Register register;
    protected final Scan scan;
    protected final Versions versions;
    protected final Bodies bodies;
    protected final Identifiers identifiers;
    protected final ObjectChanges changes;

    Procedure(Ports ports) {
        this.register = ports.register();
        this.scan = ports.scan();
        this.versions = ports.versions();
        this.bodies = ports.bodies();
        this.identifiers = ports.identifiers();
        this.changes = ports.changes();
    }

    /** A register as it was read; {@code body} are the bytes of a small object if they came along. */
    record Read(State state, Head head, @Nullable Bytes body) {}

    /** Some older versions of a key, with the head that they belong to. */
    record ReadVersions(State state, Head head, List<VersionEdit.Add> older) {}

    /** Carries out a change; the answer is the change as it was applied. Reads the bytes that it must carry, if any. */
    protected CompletionStage<Outcome<ObjectChange>> apply(RegisterKey key, ObjectChange change) {
        return apply(key, change, 1);
    }

    private CompletionStage<Outcome<ObjectChange>> apply(RegisterKey key, ObjectChange change, int attempt) {
        return register.change(key, identifiers.nextOperation(), change)
                .thenCompose(outcome -> carriedOn(key, change, outcome, attempt));
    }

    /** As {@link #apply} for a change that is still being made ready. */
    protected CompletionStage<Outcome<ObjectChange>> applyOnceReady(
            RegisterKey key, CompletionStage<ObjectChange> change) {
        return register.changeOnceReady(key, identifiers.nextOperation(), change)
                .thenCompose(outcome -> change.thenCompose(ready -> carriedOn(key, ready, outcome, 1)));
    }

    private CompletionStage<Outcome<ObjectChange>> carriedOn(
            RegisterKey key, ObjectChange change, ChangeOutcome<Refusal> outcome, int attempt) {
        Outcome<ObjectChange> end = outcome(outcome, change);
        boolean needsBody = end instanceof Refused<ObjectChange> refused && refused.refusal() == Refusal.NEEDS_BODY;
        return needsBody ? applyCarrying(key, change, attempt) : completed(end);
    }

    private CompletionStage<Outcome<ObjectChange>> applyCarrying(RegisterKey key, ObjectChange change, int attempt) {
        var wanted = java.util.Objects.requireNonNull(change.wanted(), "bytes of a whole body are missing");
        return bodies.whole(key, wanted).thenCompose(body -> {
            if (attempt == ATTEMPTS_MAX) {
                return completed(new Unavailable<>("the object changes all the time"));
            }
            // Bytes that are gone were replaced meanwhile: then the change will miss others, or none.
            ObjectChange next = body instanceof Bodies.Whole whole
                    ? change.carrying(new SmallBody(wanted.id(), whole.bytes()))
                    : change;
            return apply(key, next, attempt + 1);
        });
    }

    /** Carries out a procedure again while what it read has changed when it comes to write. */
    protected <T> CompletionStage<Outcome<T>> retrying(Supplier<CompletionStage<Outcome<T>>> procedure) {
        return retrying(procedure, 1);
    }

    private <T> CompletionStage<Outcome<T>> retrying(Supplier<CompletionStage<Outcome<T>>> procedure, int attempt) {
        return procedure.get().thenCompose(outcome -> {
            boolean again = outcome instanceof Refused<T> refused && refused.refusal() == Refusal.RETRY;
            if (again && attempt < ATTEMPTS_MAX) {
                return retrying(procedure, attempt + 1);
            }
            return completed(again ? new Unavailable<>("the object changes all the time") : outcome);
        });
    }

    protected CompletionStage<Outcome<Read>> read(RegisterKey key) {
        return register.read(key).thenApply(outcome -> {
            if (!(outcome instanceof Value value)) {
                return new Unavailable<>(outcome.toString());
            }
            try {
                return new Done<>(new Read(value.state(), HeadFormat.of(value.state()), value.body()));
            } catch (IOException damage) {
                return new Refused<>(Refusal.DAMAGED);
            }
        });
    }

    /** The state of a key with at most {@code max} of its older versions, from the id on or from the newest. */
    protected CompletionStage<Outcome<ReadVersions>> readVersions(RegisterKey key, @Nullable VersionId from, int max) {
        var first = from == null ? Bytes.EMPTY : from.bytes();
        return versions.versions(key, first, max).thenApply(outcome -> {
            if (!(outcome instanceof Versions.Found found)) {
                return new Unavailable<>(outcome.toString());
            }
            try {
                return new Done<>(new ReadVersions(found.state(), HeadFormat.of(found.state()), found.versions()));
            } catch (IOException damage) {
                return new Refused<>(Refusal.DAMAGED);
            }
        });
    }

    /** One older version as it was read. */
    protected Outcome<Version> decode(VersionEdit.Add older) {
        try {
            return new Done<>(VersionFormat.decode(older));
        } catch (IOException damage) {
            return new Refused<>(Refusal.DAMAGED);
        }
    }

    protected static PartKey partKey(RegisterKey key) {
        try {
            return PartKey.decode(key);
        } catch (CorruptException bug) {
            throw new IllegalStateException("a register among the parts that is none", bug);
        }
    }

    protected static <C extends Change<Refusal>> Outcome<C> outcome(ChangeOutcome<Refusal> outcome, C change) {
        if (outcome instanceof Applied<Refusal>) {
            return new Done<>(change);
        } else if (outcome instanceof Declined<Refusal> declined) {
            return new Refused<>(declined.reason());
        } else if (outcome instanceof Register.Outdated<Refusal> outdated) {
            return new Outdated<>(outdated.configVersion(), outdated.closed());
        } else if (outcome instanceof Register.NoRoom<Refusal>) {
            return new NoRoom<>();
        } else if (outcome instanceof OutcomeUnknown<Refusal> unknown) {
            return new Unknown<>(unknown.reason());
        }
        return new Unavailable<>(outcome.toString());
    }

    protected static <T> CompletionStage<T> completed(T value) {
        return CompletableFuture.completedStage(value);
    }
}
