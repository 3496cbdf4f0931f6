package io.azekura.persistence.replica;

import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Removes staged shards that nobody committed, in two steps (register rule 16). First the data id is marked dead on its
 * home drives; with N − W + 1 marks no accept that names it can be chosen any more. Then the register's current state is
 * accepted <em>again</em>, under a ballot of after the marks. That second write is what a plain read cannot replace: an
 * accept of before the marks may lie on a drive that is away, with a ballot above everything settled; when that drive
 * returned, a proposer would have to finish a state whose bytes are gone. Below a settled ballot nobody looks for it.
 * Only when the state that was then settled does not name the data is it deleted; else the marks are taken back.
 */
public class Scavenger {
    private final Register register;
    private final Replicas replicas;
    private final Request.Partitions partitions;
    private final Supplier<OperationId> operations;

    public Scavenger(
            Register register, Replicas replicas, Request.Partitions partitions, Supplier<OperationId> operations) {
        this.register = register;
        this.replicas = replicas;
        this.partitions = partitions;
        this.operations = operations;
    }

    /** Completes with whether the data is gone; if not, it may be tried again at any time. */
    public CompletionStage<Boolean> scavenge(RegisterKey key, DataId id) {
        Replicas.Location location = replicas.locate(partitions.of(key));
        return Ask.all(replicas, location, new Request.MarkDead(key, id)).thenCompose(marks -> {
            int marked = marks.where(reply -> reply == Request.Done.INSTANCE);
            boolean isNamed = marks.where(reply -> reply instanceof Request.Declined) != 0;
            if (isNamed) {
                return revive(location, key, id);
            }
            return isMarkedEnough(location, marked)
                    ? confirm(location, key, id)
                    : CompletableFuture.completedStage(false);
        });
    }

    /** Whether so many marks keep every later accept that names the data from being chosen. */
    protected boolean isMarkedEnough(Replicas.Location location, int marked) {
        return location.quorum().isRead(marked);
    }

    /** Settles the current state under a ballot of after the marks, and looks whether it names the data. */
    protected CompletionStage<Boolean> confirm(Replicas.Location location, RegisterKey key, DataId id) {
        return register.read(key).thenCompose(outcome -> {
            if (!(outcome instanceof Register.Value value)) {
                return CompletableFuture.completedStage(false);
            }
            return register.change(key, operations.get(), again(value)).thenCompose(changed -> {
                if (!(changed instanceof Register.Applied<String> applied)) {
                    return CompletableFuture.completedStage(false);
                }
                return id.equals(Replica.dataId(applied.state().content()))
                        ? revive(location, key, id)
                        : drop(location, key, id);
            });
        });
    }

    /** The state as it was read, once more; refused when it has changed since. */
    private static Change<String> again(Register.Value read) {
        State same = read.state();
        return current -> current.equals(same) ? new Change.Reaffirm<>(read.body()) : new Change.Refuse<>("changed");
    }

    protected final CompletionStage<Boolean> drop(Replicas.Location location, RegisterKey key, DataId id) {
        return Ask.all(replicas, location, new Request.DropDead(key, id))
                .thenApply(answers -> answers.isEverywhere(reply -> reply == Request.Done.INSTANCE));
    }

    private CompletionStage<Boolean> revive(Replicas.Location location, RegisterKey key, DataId id) {
        return Ask.all(replicas, location, new Request.Revive(key, id)).thenApply(answers -> false);
    }

    protected final Register register() {
        return register;
    }
}
