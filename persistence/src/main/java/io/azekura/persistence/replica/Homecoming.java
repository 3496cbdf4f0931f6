package io.azekura.persistence.replica;

import io.azekura.persistence.layout.Displacement;
import io.azekura.persistence.layout.Displacement.WayHome;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Brings displaced shards, and shards that found no place at all, home once the drive there is back (register rule 20):
 * copy first, then change the row, and only when that is settled the drive that lent the place lets go of its copy.
 */
public final class Homecoming {
    private final Register register;
    private final Replicas replicas;
    private final Request.Partitions partitions;
    private final ShardCoding coding;
    private final Supplier<OperationId> operations;

    public Homecoming(
            Register register,
            Replicas replicas,
            Request.Partitions partitions,
            ShardCoding coding,
            Supplier<OperationId> operations) {
        this.register = register;
        this.replicas = replicas;
        this.partitions = partitions;
        this.coding = coding;
        this.operations = operations;
    }

    /** Completes with whether no shard of the key's current content is away from home. */
    public CompletionStage<Boolean> bringHome(RegisterKey key) {
        Replicas.Location location = replicas.locate(partitions.of(key));
        return register.read(key).thenCompose(outcome -> {
            if (!(outcome instanceof Register.Value value)
                    || !(value.state().content() instanceof Content.Sharded sharded)) {
                return CompletableFuture.completedStage(outcome instanceof Register.Value);
            }
            List<WayHome> ways = Displacement.waysHome(sharded.holders(), -1);
            return ways.isEmpty()
                    ? CompletableFuture.completedStage(true)
                    : shards(location, key, sharded, 0, new HashMap<>())
                            .thenCompose(found -> found.size() < sharded.dataShards()
                                    ? CompletableFuture.completedStage(false)
                                    : copy(location, key, sharded, ways, found)
                                            .thenCompose(home -> rename(key, value.state(), sharded, home)));
        });
    }

    private CompletionStage<Map<Integer, Bytes>> shards(
            Replicas.Location location,
            RegisterKey key,
            Content.Sharded sharded,
            int shard,
            Map<Integer, Bytes> found) {
        if (shard == sharded.holders().size() || found.size() == sharded.dataShards()) {
            return CompletableFuture.completedStage(found);
        }
        return Ask.all(replicas, location, new Request.ReadShard(key, sharded.id(), shard))
                .thenCompose(answers -> {
                    for (Request.Shard one : answers.of(Request.Shard.class)) {
                        Bytes bytes = one.bytes();
                        if (bytes != null) {
                            found.put(shard, bytes);
                        }
                    }
                    return shards(location, key, sharded, shard + 1, found);
                });
    }

    /** Copies to every replica in the role of the shard's home; completes with the shards that are there durably. */
    private CompletionStage<List<Integer>> copy(
            Replicas.Location location,
            RegisterKey key,
            Content.Sharded sharded,
            List<WayHome> ways,
            Map<Integer, Bytes> found) {
        CompletionStage<List<Integer>> home = CompletableFuture.completedStage(new ArrayList<>());
        for (WayHome way : ways) {
            Bytes bytes = coding.rebuild(sharded, way.shard(), found);
            Request.Stage stage = new Request.Stage(key, sharded.id(), way.shard(), bytes);
            int targets = 0;
            for (int replica = 0; replica < location.quorum().replicas(); replica++) {
                if (location.quorum().roles().get(replica) == way.shard()) {
                    targets |= 1 << replica;
                }
            }
            int set = targets;
            home = home.thenCompose(
                    so -> Ask.some(replicas, location, stage, set).thenApply(answers -> {
                        if (answers.where(reply -> reply == Request.Done.INSTANCE) == set) {
                            so.add(way.shard());
                        }
                        return so;
                    }));
        }
        return home;
    }

    private CompletionStage<Boolean> rename(RegisterKey key, State read, Content.Sharded sharded, List<Integer> home) {
        if (home.isEmpty()) {
            return CompletableFuture.completedStage(false);
        }
        List<Integer> holders = new ArrayList<>(sharded.holders());
        home.forEach(shard -> holders.set(shard, shard));
        Content.Sharded moved = new Content.Sharded(
                sharded.id(),
                sharded.length(),
                sharded.dataShards(),
                sharded.parityShards(),
                sharded.unitBytes(),
                holders);
        Change<String> change = current -> current.equals(read)
                ? new Change.Write<>(
                        read.kind(), read.value(), moved, null, List.of(), read.timeMicros(), read.configVersion())
                : new Change.Refuse<>("changed");
        return register.change(key, operations.get(), change)
                .thenApply(outcome -> outcome instanceof Register.Applied<String>
                        && Displacement.waysHome(holders, -1).isEmpty());
    }
}
