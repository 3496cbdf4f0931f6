package io.azekura.persistence.simulation;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.layout.Displacement;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.object.Bodies;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.replica.Replicas.Location;
import io.azekura.persistence.replica.Request;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Bytes on their way to and from the drives. The code is pretended: every shard is all of the bytes, but only k
 * different shards count as a body, and they must agree.
 */
final class SimBodies implements Bodies {
    private final SimGateway gateway;
    private final World world;
    private final Supplier<DataId> ids;

    SimBodies(SimGateway gateway, World world, Supplier<DataId> ids) {
        this.gateway = gateway;
        this.world = world;
        this.ids = ids;
    }

    /** Small bodies go with the row; of large ones every shard is durable, or given to another drive, before this ends. */
    CompletionStage<Copied> store(RegisterKey key, Bytes bytes, boolean isLarge) {
        DataId id = ids.get();
        if (!isLarge) {
            return CompletableFuture.completedStage(new Copied(new Content.Whole(id, bytes.length()), bytes));
        }
        Location location = gateway.locate(world.partitionOf(key));
        int shards = world.shards();
        List<Integer> home = Displacement.places(shards, -1);
        return stage(location, key, id, bytes, home, new ArrayList<>(java.util.Collections.nCopies(shards, -1)))
                .thenCompose(first -> {
                    int live = 0;
                    for (int position : first) {
                        live |= position < 0 ? 0 : 1 << position;
                    }
                    // Displaced only when too few are at home for the loss of one more (register rules, last part).
                    if (Integer.bitCount(live) > world.dataShards() || live == 0) {
                        return CompletableFuture.completedStage(first);
                    }
                    return stage(location, key, id, bytes, Displacement.places(shards, live), first);
                })
                .thenApply(holders -> new Copied(
                        new Content.Sharded(
                                id, bytes.length(), world.dataShards(), shards - world.dataShards(), 64, holders),
                        null));
    }

    /** A place counts when every drive that has its role, in the old set and in the new one, has the shard. */
    private CompletionStage<List<Integer>> stage(
            Location location, RegisterKey key, DataId id, Bytes bytes, List<Integer> places, List<Integer> holders) {
        int counted = location.quorum().writing().stream().reduce(0, (a, b) -> a | b);
        List<CompletableFuture<Object>> asked = new ArrayList<>();
        for (int shard = 0; shard < places.size(); shard++) {
            int place = places.get(shard);
            if (place < 0 || holders.get(shard) >= 0) {
                continue;
            }
            int number = shard;
            List<CompletableFuture<Boolean>> there = new ArrayList<>();
            for (int replica = 0; replica < location.drives().size(); replica++) {
                if (location.quorum().roles().get(replica) == place) {
                    boolean isCounted = (counted & (1 << replica)) != 0;
                    there.add(stageOne(
                                    location,
                                    key,
                                    id,
                                    number,
                                    place,
                                    bytes,
                                    location.drives().get(replica))
                            .thenApply(isThere -> isThere || !isCounted));
                }
            }
            asked.add(CompletableFuture.allOf(there.toArray(CompletableFuture[]::new))
                    .thenApply(done -> {
                        if (there.stream().allMatch(CompletableFuture::join)) {
                            holders.set(number, place);
                        }
                        return number;
                    }));
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(done -> holders);
    }

    private CompletableFuture<Boolean> stageOne(
            Location location, RegisterKey key, DataId id, int shard, int role, Bytes bytes, DriveId drive) {
        return gateway.ask(drive, new Request.Stage(key, id, shard, bytes), location.layoutVersion())
                .toCompletableFuture()
                .thenApply(reply -> {
                    boolean isThere = reply == Request.Done.INSTANCE;
                    if (isThere) {
                        gateway.staged().placed(key, id, shard, role, drive);
                    }
                    return isThere;
                });
    }

    /** The bytes, or null when they cannot be had: too few drives, or replaced since the register was read. */
    CompletionStage<Optional<Bytes>> load(RegisterKey key, Content content) {
        if (content instanceof Content.Whole whole) {
            return shard(key, whole.id(), Request.Adopt.WHOLE);
        }
        if (content instanceof Content.Sharded sharded) {
            return shards(key, sharded, 0, sharded.dataShards(), new HashMap<>());
        }
        return CompletableFuture.completedStage(Optional.of(Bytes.EMPTY));
    }

    /** Reads shards at once, then as many of the others as are missing, until they are enough or all were asked. */
    private CompletionStage<Optional<Bytes>> shards(
            RegisterKey key, Content.Sharded sharded, int from, int count, Map<Integer, Bytes> found) {
        int to = Math.min(from + count, sharded.holders().size());
        List<CompletableFuture<Void>> reads = new ArrayList<>();
        for (int number = from; number < to; number++) {
            int shard = number;
            reads.add(shard(key, sharded, shard)
                    .thenAccept(bytes -> bytes.ifPresent(one -> found.put(shard, one)))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)).thenCompose(done -> {
            int missing = sharded.dataShards() - found.size();
            if (missing == 0 || to == sharded.holders().size()) {
                return CompletableFuture.completedStage(
                        missing == 0 ? Optional.of(World.decode(found)) : Optional.empty());
            }
            return shards(key, sharded, to, missing, found);
        });
    }

    /** Asks the drive that the row names, and the others when that has nothing. */
    private CompletionStage<Optional<Bytes>> shard(RegisterKey key, Content.Sharded sharded, int number) {
        Location location = gateway.locate(world.partitionOf(key));
        List<DriveId> named = new ArrayList<>();
        for (int replica = 0; replica < location.drives().size(); replica++) {
            if (location.quorum().roles().get(replica).equals(sharded.holders().get(number))) {
                named.add(location.drives().get(replica));
            }
        }
        return shard(key, sharded.id(), number, location, named)
                .thenCompose(bytes -> bytes.isPresent()
                        ? CompletableFuture.completedStage(bytes)
                        : shard(key, sharded.id(), number, location, location.drives()));
    }

    private CompletionStage<Optional<Bytes>> shard(RegisterKey key, DataId id, int number) {
        Location location = gateway.locate(world.partitionOf(key));
        return shard(key, id, number, location, location.drives());
    }

    private CompletionStage<Optional<Bytes>> shard(
            RegisterKey key, DataId id, int number, Location location, List<DriveId> drives) {
        CompletableFuture<Optional<Bytes>> first = new CompletableFuture<>();
        List<CompletableFuture<Object>> asked = new ArrayList<>();
        for (var drive : drives) {
            asked.add(gateway.ask(drive, new Request.ReadShard(key, id, number), location.layoutVersion())
                    .toCompletableFuture()
                    .thenApply(reply -> {
                        Bytes bytes = reply instanceof Request.Shard shard ? shard.bytes() : null;
                        if (bytes != null) {
                            first.complete(Optional.of(bytes));
                        }
                        return reply;
                    }));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new));
        return CompletableFuture.anyOf(first, all).thenApply(done -> first.getNow(Optional.empty()));
    }

    @Override
    public CompletionStage<WholeOutcome> whole(RegisterKey key, Content.Whole content) {
        return load(key, content)
                .thenApply(bytes -> bytes.isEmpty() ? new Unreadable("not to be had") : new Whole(bytes.get()));
    }

    @Override
    public CompletionStage<CopyOutcome> copy(List<Source> sources, RegisterKey target) {
        return copy(sources, 0, new ByteArrayOutputStream(), target);
    }

    private CompletionStage<CopyOutcome> copy(
            List<Source> sources, int next, ByteArrayOutputStream all, RegisterKey target) {
        if (next == sources.size()) {
            return store(target, Bytes.wrap(all.toByteArray()), false).thenApply(copied -> copied);
        }
        Source source = sources.get(next);
        return load(source.key(), source.content()).thenCompose(bytes -> {
            if (bytes.isEmpty()) {
                return CompletableFuture.completedStage(new Unreadable("not to be had"));
            }
            if (next > 0) {
                all.write('+');
            }
            all.writeBytes(bytes.get().array());
            return copy(sources, next + 1, all, target);
        });
    }
}
