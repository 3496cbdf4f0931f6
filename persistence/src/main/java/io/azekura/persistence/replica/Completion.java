package io.azekura.persistence.replica;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.journal.JournalKey;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Looks after keys that are not known to be on all drives (register rule 14), and after tombstones (rule 11): once every
 * replica, learners included, has the chosen row and knows that it is chosen, the marks go, and a tombstone goes itself.
 * Drives that lack the row are left alone: they pull it. May be run by anybody at any time, also twice at once.
 */
public class Completion {
    private final Register register;
    private final Replicas replicas;
    private final Request.Partitions partitions;

    public Completion(Register register, Replicas replicas, Request.Partitions partitions) {
        this.register = register;
        this.replicas = replicas;
        this.partitions = partitions;
    }

    /** Completes with whether the key needs no more care. */
    public CompletionStage<Boolean> complete(RegisterKey key) {
        // The layout of before the read: a learner that joins after it will find what the read found, or the newer.
        Replicas.Location location = replicas.locate(partitions.of(key));
        return register.read(key).thenCompose(outcome -> {
            if (!(outcome instanceof Register.Value value) || value.ballot().isZero()) {
                return CompletableFuture.completedStage(outcome instanceof Register.Value);
            }
            return Ask.all(replicas, location, new Request.HasSettled(key, value.ballot()))
                    .thenCompose(answers -> isEverywhere(answers)
                            ? finish(location, key, value.ballot(), value.state())
                            : CompletableFuture.completedStage(false));
        });
    }

    /** Whether every replica has the mark that keeps a deleted batch from being created again (register rule 13). */
    protected CompletionStage<Boolean> isMarkedEverywhere(Replicas.Location location, RegisterKey batch) {
        RegisterKey mark = markOf(batch);
        if (mark == null) {
            return CompletableFuture.completedStage(true);
        }
        return register.read(mark)
                .thenCompose(outcome ->
                        outcome instanceof Register.Value value && value.state().isLive()
                                ? Ask.all(replicas, location, new Request.HasSettled(mark, value.ballot()))
                                        .thenApply(this::isEverywhere)
                                : CompletableFuture.completedStage(false));
    }

    private static @Nullable RegisterKey markOf(RegisterKey key) {
        try {
            if (key.space() == RegisterKey.JOURNAL) {
                JournalKey batch = JournalKey.decode(key.key());
                return batch.kind() == JournalKey.Kind.BATCH
                        ? JournalKey.mark(batch.persistenceId()).register()
                        : null;
            }
            return null;
        } catch (CorruptException notOurs) {
            return null;
        }
    }

    /** Whether all replicas have the row: the condition of everything that follows. */
    protected boolean isEverywhere(Object answers) {
        return ((Ask.Answers) answers).isEverywhere(reply -> reply == Request.Done.INSTANCE);
    }

    private CompletionStage<Boolean> finish(Replicas.Location location, RegisterKey key, Ballot ballot, State state) {
        boolean isTombstone = state.kind() == State.Kind.TOMBSTONE;
        Request request = isTombstone ? new Request.Collect(key, ballot) : new Request.Settle(key, ballot, true);
        CompletionStage<Boolean> may =
                isTombstone ? isMarkedEverywhere(location, key) : CompletableFuture.completedStage(true);
        return may.thenCompose(so -> so
                ? Ask.all(replicas, location, request).thenApply(this::isEverywhere)
                : CompletableFuture.completedStage(false));
    }
}
