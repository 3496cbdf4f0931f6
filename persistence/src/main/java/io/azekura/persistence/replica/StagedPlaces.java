package io.azekura.persistence.replica;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Which drives have the shards that this process staged and no row names yet. A row names shards by roles, and a layout
 * change gives a role to another drive: what was enough to read the state when it was staged may lie outside of the stripe
 * set when the accept leaves (register rules 1 and 3). One thread at a time.
 */
public final class StagedPlaces {
    private final Map<DataId, Staged> staged = new HashMap<>();

    private record Staged(RegisterKey key, Map<Integer, Place> places) {}

    private record Place(int role, Set<DriveId> drives) {}

    /** A drive told that it has the shard, which the row will say to be at this role. */
    public void placed(RegisterKey key, DataId id, int shard, int role, DriveId drive) {
        staged.computeIfAbsent(id, same -> new Staged(key, new HashMap<>()))
                .places()
                .compute(
                        shard,
                        (same, old) -> old == null || old.role() != role ? new Place(role, new LinkedHashSet<>()) : old)
                .drives()
                .add(drive);
    }

    /** A row names the shards, or never will. */
    public void forget(DataId id) {
        staged.remove(id);
    }

    /**
     * The replicas, as bits, that have all shards that the content says to be at their role. For a content that was not
     * staged here these are all: some row had it before.
     */
    public int ready(Content content, Replicas.Location location) {
        Staged own = content instanceof Content.Sharded sharded ? staged.get(sharded.id()) : null;
        int ready = 0;
        for (int replica = 0; replica < location.drives().size(); replica++) {
            int role = location.quorum().roles().get(replica);
            if (own == null
                    || has(
                            (Content.Sharded) content,
                            own,
                            role,
                            location.drives().get(replica))) {
                ready |= 1 << replica;
            }
        }
        return ready;
    }

    private static boolean has(Content.Sharded content, Staged own, int role, DriveId drive) {
        for (int shard = 0; shard < content.holders().size(); shard++) {
            Place place = own.places().get(shard);
            boolean isHere =
                    place != null && place.role() == role && place.drives().contains(drive);
            if (content.holders().get(shard) == role && !isHere) {
                return false;
            }
        }
        return true;
    }

    /** Copies what was staged for the key to the drives that have its roles now, as far as they can be reached. */
    public CompletionStage<Void> follow(RegisterKey key, Replicas.Location location, Replicas replicas) {
        CompletionStage<Void> all = CompletableFuture.completedStage(null);
        for (Map.Entry<DataId, Staged> entry : Map.copyOf(staged).entrySet()) {
            if (entry.getValue().key().equals(key)) {
                for (int shard : List.copyOf(entry.getValue().places().keySet())) {
                    all = all.thenCompose(done -> follow(key, entry.getKey(), shard, location, replicas));
                }
            }
        }
        return all;
    }

    private CompletionStage<Void> follow(
            RegisterKey key, DataId id, int shard, Replicas.Location location, Replicas replicas) {
        Staged own = staged.get(id);
        Place place = own == null ? null : own.places().get(shard);
        CompletionStage<Void> all = CompletableFuture.completedStage(null);
        if (place == null) {
            return all;
        }
        for (int replica = 0; replica < location.drives().size(); replica++) {
            DriveId drive = location.drives().get(replica);
            if (location.quorum().roles().get(replica) == place.role()
                    && !place.drives().contains(drive)) {
                all = all.thenCompose(done -> copy(key, id, shard, place, drive, location, replicas));
            }
        }
        return all;
    }

    private CompletionStage<Void> copy(
            RegisterKey key,
            DataId id,
            int shard,
            Place place,
            DriveId to,
            Replicas.Location location,
            Replicas replicas) {
        return read(key, id, shard, List.copyOf(place.drives()), 0, location, replicas)
                .thenCompose(bytes -> bytes.length() == 0
                        ? CompletableFuture.completedStage((Object) "not to be had")
                        : replicas.ask(to, new Request.Stage(key, id, shard, bytes), location.layoutVersion()))
                .thenAccept(reply -> {
                    if (reply == Request.Done.INSTANCE) {
                        placed(key, id, shard, place.role(), to);
                    }
                });
    }

    /** The shard from the first drive that has it; empty if none does. */
    private static CompletionStage<Bytes> read(
            RegisterKey key,
            DataId id,
            int shard,
            List<DriveId> from,
            int next,
            Replicas.Location location,
            Replicas replicas) {
        if (next == from.size()) {
            return CompletableFuture.completedStage(Bytes.EMPTY);
        }
        return replicas.ask(from.get(next), new Request.ReadShard(key, id, shard), location.layoutVersion())
                .thenCompose(reply -> {
                    Bytes bytes = reply instanceof Request.Shard found ? found.bytes() : null;
                    return bytes != null
                            ? CompletableFuture.completedStage(bytes)
                            : read(key, id, shard, from, next + 1, location, replicas);
                });
    }
}
