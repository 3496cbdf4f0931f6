package io.azekura.persistence.replica;

import io.azekura.persistence.index.Fence;
import io.azekura.persistence.journal.DeletionMarks;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.VersionEdit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The reference model of a drive's durable state: what its records add up to, in memory. Applying the same records in the
 * same order gives the same state, whoever does it and whenever.
 */
public class ReplicaMemory implements ReplicaView {
    private final Request.Partitions partitions;
    private final LayoutVersions layoutVersions;
    private final TreeMap<RegisterKey, Slot> slots = new TreeMap<>();
    private final Map<RegisterKey, OlderVersions> versions = new HashMap<>();
    private final Map<DataId, Bytes> bodies = new HashMap<>();
    private final Map<DataId, Map<Integer, Bytes>> shards = new HashMap<>();
    private final Map<DataId, StagedAt> staged = new TreeMap<>();
    private final Map<RegisterKey, Integer> positions = new HashMap<>();
    private final Set<DataId> dead = new HashSet<>();
    private final TreeMap<RegisterKey, Long> missedSince = new TreeMap<>();
    private final TreeMap<RegisterKey, Long> unsettledSince = new TreeMap<>();
    private final Map<Long, Fence> fences = new TreeMap<>();
    private final Map<Integer, Ballot> collected = new HashMap<>();
    private final Map<Integer, Long> collections = new HashMap<>();
    private final DeletionMarks deletionMarks = new DeletionMarks();
    private final Map<Integer, Long> learning = new TreeMap<>();
    private final Map<Integer, Long> completed = new TreeMap<>();
    private final Set<RegisterKey> damaged = new HashSet<>();
    private ReplicaRecord.Booted booted = new ReplicaRecord.Booted(0, 0);
    private boolean faithful = true;
    private long bound;
    private long controlVersion;
    private long nowMicros;
    private long choreAgeMicros = 2_000_000;

    /** The version at which a partition's layout became what it is in a version of the control log. */
    @FunctionalInterface
    public interface LayoutVersions {
        long of(long controlVersion, int partition);
    }

    /** The older versions of one key, and how many of them name a data id. */
    private static final class OlderVersions {
        private final TreeMap<Bytes, VersionEdit.Add> byId = new TreeMap<>();
        private final Map<DataId, Integer> naming = new HashMap<>();

        private void put(VersionEdit.Add version) {
            remove(version.id());
            byId.put(version.id(), version);
            DataId data = Replica.dataId(version.content());
            if (data != null) {
                naming.merge(data, 1, Integer::sum);
            }
        }

        private void remove(Bytes id) {
            VersionEdit.Add old = byId.remove(id);
            DataId data = old == null ? null : Replica.dataId(old.content());
            if (data != null) {
                naming.computeIfPresent(data, (same, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    private record StagedAt(RegisterKey key, long micros) {}

    public ReplicaMemory(Request.Partitions partitions, LayoutVersions layoutVersions) {
        this.partitions = partitions;
        this.layoutVersions = layoutVersions;
    }

    /** How old something must be to be a chore. */
    public void setChoreAge(long micros) {
        choreAgeMicros = micros;
    }

    public void setNow(long micros) {
        nowMicros = micros;
    }

    public long bound() {
        return bound;
    }

    /** The row of the key cannot be read any more. */
    public void damage(RegisterKey key) {
        damaged.add(key);
    }

    /** The bytes that were staged cannot be read any more, whoever names them. */
    public void lose(DataId id, int shard) {
        if (shard == Request.Adopt.WHOLE) {
            bodies.remove(id);
        } else {
            shards.getOrDefault(id, new HashMap<>()).remove(shard);
        }
    }

    /** Some record is lost, and nobody knows of what. */
    public void doubt() {
        faithful = false;
    }

    public SortedMap<RegisterKey, Slot> slots() {
        return Collections.unmodifiableSortedMap(slots);
    }

    public Set<DataId> stagedData() {
        return Collections.unmodifiableSet(staged.keySet());
    }

    public Set<Integer> learning() {
        return Collections.unmodifiableSet(learning.keySet());
    }

    /** Adds one record to the state. */
    public void apply(ReplicaRecord one) {
        if (one instanceof ReplicaRecord.Accepted accepted) {
            accept(accepted);
        } else if (one instanceof ReplicaRecord.Settled settled) {
            settle(settled);
        } else if (one instanceof ReplicaRecord.Adopted adopted) {
            adopt(adopted.adopt());
        } else if (one instanceof ReplicaRecord.Staged stage) {
            stage(stage);
        } else if (one instanceof ReplicaRecord.MarkedDead mark) {
            dead.add(mark.id());
        } else if (one instanceof ReplicaRecord.Revived revived) {
            dead.remove(revived.id());
        } else if (one instanceof ReplicaRecord.DroppedDead dropped) {
            shards.remove(dropped.id());
            bodies.remove(dropped.id());
            staged.remove(dropped.id());
        } else if (one instanceof ReplicaRecord.Collected collect) {
            collected.merge(collect.partition(), collect.ballot(), Ballot::max);
            collections.merge(collect.partition(), 1L, Long::sum);
            replace(collect.key(), Slot.EMPTY);
        } else if (one instanceof ReplicaRecord.RowDiscarded voided) {
            replace(voided.key(), Acceptor.without(slot(voided.key()), voided.ballot()));
        } else if (one instanceof ReplicaRecord.Forgotten forgotten) {
            damaged.remove(forgotten.key());
            replace(forgotten.key(), Slot.EMPTY);
        } else {
            govern(one);
        }
    }

    private void stage(ReplicaRecord.Staged stage) {
        if (stage.shard() == Request.Adopt.WHOLE) {
            bodies.put(stage.id(), stage.bytes());
        } else {
            shards.computeIfAbsent(stage.id(), id -> new HashMap<>()).put(stage.shard(), stage.bytes());
        }
        if (!isNamed(stage.key(), stage.id())) {
            staged.putIfAbsent(stage.id(), new StagedAt(stage.key(), nowMicros));
        }
    }

    private void govern(ReplicaRecord one) {
        if (one instanceof ReplicaRecord.Guarded guarded) {
            collected.merge(guarded.partition(), guarded.guards().collected(), Ballot::max);
            guarded.guards().fences().forEach(this::fence);
        } else if (one instanceof ReplicaRecord.Learning learn) {
            learning.put(learn.partition(), learn.moveBegun());
            completed.remove(learn.partition());
            for (RegisterKey key : keys(learn.partition(), null, false, Integer.MAX_VALUE)) {
                replace(key, Slot.EMPTY);
            }
            positions.keySet().removeIf(key -> partitions.of(key) == learn.partition());
        } else if (one instanceof ReplicaRecord.Completed done) {
            if (done.layoutVersion() > learning.getOrDefault(done.partition(), 0L)) {
                learning.remove(done.partition());
                completed.put(done.partition(), done.layoutVersion());
            }
            faithful |= done.partition() < 0;
        } else if (one instanceof ReplicaRecord.Fenced fenced) {
            fence(fenced.space(), fenced.fence());
        } else if (one instanceof ReplicaRecord.Bound raised) {
            bound = Math.max(bound, raised.counter());
        } else if (one instanceof ReplicaRecord.Booted boot) {
            booted = boot;
        } else if (one instanceof ReplicaRecord.SawControl saw) {
            controlVersion = Math.max(controlVersion, saw.version());
        }
    }

    private void fence(long space, Fence fence) {
        fences.merge(space, fence, (old, next) -> old.configVersion() <= next.configVersion() ? next : old);
        if (fence.isGone()) {
            forget(space);
        }
    }

    /** The bucket is gone, and with it everything in the space. */
    private void forget(long space) {
        damaged.removeIf(key -> key.space() == space);
        for (RegisterKey key : List.copyOf(rows(space, Bytes.EMPTY).keySet())) {
            replace(key, Slot.EMPTY);
        }
        staged.forEach((id, at) -> {
            if (at.key().space() == space) {
                bodies.remove(id);
                shards.remove(id);
            }
        });
        staged.values().removeIf(at -> at.key().space() == space);
    }

    private void accept(ReplicaRecord.Accepted accepted) {
        State state = accepted.row().state();
        observe(accepted.key(), state);
        if (state.content() instanceof Content.Whole whole && accepted.body() != null) {
            bodies.put(whole.id(), accepted.body());
        }
        positions.put(accepted.key(), accepted.position());
        missedSince.putIfAbsent(accepted.key(), nowMicros);
        replace(accepted.key(), accepted.slot(), accepted.row());
        staged.keySet().removeAll(named(accepted.key()));
    }

    // NullAway does not see from the class file that the function may answer null.
    @SuppressWarnings("NullAway")
    private void settle(ReplicaRecord.Settled settled) {
        Slot before = slot(settled.key());
        OlderVersions older = versions.get(settled.key());
        VersionEdit.Records records = id -> older == null ? null : older.byId.get(id);
        replace(settled.key(), Acceptor.settle(before, settled.ballot(), records));
        if (settled.everywhere() && before.accepted().equals(settled.ballot())) {
            missedSince.remove(settled.key());
        }
    }

    private void adopt(Request.Adopt adopt) {
        RegisterKey key = adopt.key();
        observe(key, adopt.row().state());
        adopt.contents()
                .forEach((id, bytes) -> bytes.forEach((number, one) -> {
                    if (number == Request.Adopt.WHOLE) {
                        bodies.put(id, one);
                    } else {
                        shards.computeIfAbsent(id, same -> new HashMap<>()).put(number, one);
                        staged.remove(id);
                    }
                }));
        OlderVersions older = new OlderVersions();
        if (adopt.versions() != null) {
            adopt.versions().forEach(older::put);
        }
        Set<DataId> before = named(key);
        before.addAll(versions.getOrDefault(key, older).naming.keySet());
        versions.put(key, older);
        Row row = new Row(adopt.row().accepted(), adopt.row().state());
        History base = row.state().history();
        Slot dropped = slot(key);
        slots.put(key, new Slot(row.accepted(), List.of(row), base));
        restage(key, dropped);
        damaged.remove(key);
        missedSince.putIfAbsent(key, nowMicros);
        free(key, before);
        note(key);
    }

    private void replace(RegisterKey key, Slot after) {
        replace(key, after, null);
    }

    private void replace(RegisterKey key, Slot after, @Nullable Row added) {
        Slot before = slot(key);
        Set<DataId> named = named(key);
        if (after.rows().isEmpty() && versions.containsKey(key)) {
            named.addAll(versions.get(key).naming.keySet());
        }
        if (!before.base().equals(after.base()) && !after.rows().isEmpty()) {
            List<Row> rows = new ArrayList<>(before.rows());
            if (added != null) {
                rows.add(added);
            }
            rebase(key, rows, after, named);
        }
        if (after.rows().isEmpty()) {
            slots.remove(key);
            versions.remove(key);
            missedSince.remove(key);
        } else {
            slots.put(key, after);
            restage(key, before);
        }
        free(key, named);
        note(key);
    }

    /** The first row was settled: its edits become the drive's older versions. */
    private void rebase(RegisterKey key, List<Row> before, Slot after, Set<DataId> named) {
        State chosen = after.rows().get(0).state();
        Row settled = null;
        for (Row row : before) {
            boolean isMeant = row.accepted().equals(after.settled());
            boolean isLike = settled == null && row.state().equals(chosen);
            settled = isMeant || isLike ? row : settled;
        }
        if (settled == null) {
            // The record that had it is lost, and the drive in doubt.
            return;
        }
        OlderVersions older = versions.computeIfAbsent(key, same -> new OlderVersions());
        for (VersionEdit edit : settled.edits()) {
            VersionEdit.Add gone = older.byId.get(edit.id());
            if (gone != null) {
                addTo(named, gone.content());
            }
            if (edit instanceof VersionEdit.Add add) {
                older.put(add);
            } else {
                older.remove(edit.id());
            }
        }
    }

    /** What a row that was never chosen named is staged again. */
    private void restage(RegisterKey key, Slot before) {
        for (Row row : Acceptor.unchosen(before, slot(key))) {
            if (row.state().content() instanceof Content.Sharded sharded
                    && !isNamed(key, sharded.id())
                    && !dead.contains(sharded.id())
                    && shards.containsKey(sharded.id())) {
                staged.putIfAbsent(sharded.id(), new StagedAt(key, nowMicros));
            }
        }
    }

    private void note(RegisterKey key) {
        if (slot(key).isSettled()) {
            unsettledSince.remove(key);
        } else {
            unsettledSince.putIfAbsent(key, nowMicros);
        }
    }

    private void free(RegisterKey key, Set<DataId> before) {
        for (DataId id : before) {
            if (!isNamed(key, id) && !staged.containsKey(id)) {
                bodies.remove(id);
                shards.remove(id);
            }
        }
        letGo(key);
    }

    /** Lets go of shards that no row has here any more, because they went home (register rule 20). */
    private void letGo(RegisterKey key) {
        Slot slot = slot(key);
        Integer position = positions.get(key);
        if (position == null || slot.rows().size() != 1 || !slot.isSettled()) {
            return;
        }
        if (slot.rows().get(0).state().content() instanceof Content.Sharded sharded) {
            shards.getOrDefault(sharded.id(), new HashMap<>())
                    .keySet()
                    .removeIf(shard -> !sharded.holders().get(shard).equals(position));
        }
    }

    /** The data that rows name, not what older versions do. */
    private Set<DataId> named(RegisterKey key) {
        Set<DataId> ids = new TreeSet<>();
        for (Row row : slot(key).rows()) {
            addTo(ids, row.state().content());
            for (VersionEdit edit : row.edits()) {
                if (edit instanceof VersionEdit.Add add) {
                    addTo(ids, add.content());
                }
            }
        }
        return ids;
    }

    private static void addTo(Set<DataId> ids, Content content) {
        DataId id = Replica.dataId(content);
        if (id != null) {
            ids.add(id);
        }
    }

    @Override
    public Slot slot(RegisterKey key) {
        return slots.getOrDefault(key, Slot.EMPTY);
    }

    @Override
    public SortedMap<RegisterKey, Slot> rows(long space, Bytes from) {
        RegisterKey first = new RegisterKey(space, from);
        SortedMap<RegisterKey, Slot> all = slotsAndDamage();
        return space == -1L ? all.tailMap(first) : all.subMap(first, new RegisterKey(space + 1, Bytes.EMPTY));
    }

    /** A damaged key is there, though nothing may be left of its slot. */
    private NavigableMap<RegisterKey, Slot> slotsAndDamage() {
        if (slots.keySet().containsAll(damaged)) {
            return slots;
        }
        TreeMap<RegisterKey, Slot> all = new TreeMap<>(slots);
        damaged.forEach(key -> all.putIfAbsent(key, Slot.EMPTY));
        return all;
    }

    /** The keys whose rows cannot be read any more. */
    public Set<RegisterKey> damagedKeys() {
        return Collections.unmodifiableSet(damaged);
    }

    @Override
    public List<RegisterKey> keys(int partition, @Nullable RegisterKey after, boolean missed, int max) {
        NavigableMap<RegisterKey, ?> all = missed ? missedSince : slotsAndDamage();
        List<RegisterKey> keys = new ArrayList<>();
        for (RegisterKey key : (after == null ? all : all.tailMap(after, false)).keySet()) {
            if (partitions.of(key) == partition) {
                keys.add(key);
                if (keys.size() == max) {
                    break;
                }
            }
        }
        return keys;
    }

    @Override
    public @Nullable Bytes body(RegisterKey key, DataId id) {
        return bodies.get(id);
    }

    @Override
    public @Nullable Bytes shard(DataId id, int number) {
        return number == Request.Adopt.WHOLE
                ? bodies.get(id)
                : shards.getOrDefault(id, Map.of()).get(number);
    }

    @Override
    public boolean isNamed(RegisterKey key, DataId id) {
        OlderVersions older = versions.get(key);
        return (older != null && older.naming.containsKey(id)) || named(key).contains(id);
    }

    @Override
    public List<VersionEdit.Add> versions(RegisterKey key, Bytes from, int max) {
        OlderVersions older = versions.get(key);
        return older == null
                ? List.of()
                : older.byId.tailMap(from, true).values().stream().limit(max).toList();
    }

    @Override
    public @Nullable Fence fence(long space) {
        return fences.get(space);
    }

    @Override
    public Ballot collected(int partition) {
        return collected.getOrDefault(partition, Ballot.ZERO);
    }

    @Override
    public long collections(int partition) {
        return collections.getOrDefault(partition, 0L);
    }

    @Override
    public boolean isDead(DataId id) {
        return dead.contains(id);
    }

    @Override
    public Request.ChorePage chores(int partition, int max) {
        List<RegisterKey> unsettled = old(unsettledSince, partition, max);
        List<RegisterKey> incomplete = old(missedSince, partition, max);
        List<Request.StagedData> leftovers = new ArrayList<>();
        staged.forEach((id, at) -> {
            if (leftovers.size() < max
                    && partitions.of(at.key()) == partition
                    && nowMicros - at.micros() >= choreAgeMicros) {
                leftovers.add(new Request.StagedData(at.key(), id));
            }
        });
        for (Map.Entry<RegisterKey, Slot> entry : slots.entrySet()) {
            Row highest = entry.getValue().highest();
            if (incomplete.size() < max
                    && highest != null
                    && highest.state().kind() == State.Kind.TOMBSTONE
                    && partitions.of(entry.getKey()) == partition
                    && !incomplete.contains(entry.getKey())) {
                incomplete.add(entry.getKey());
            }
        }
        return new Request.ChorePage(unsettled, leftovers, incomplete);
    }

    private List<RegisterKey> old(Map<RegisterKey, Long> since, int partition, int max) {
        List<RegisterKey> keys = new ArrayList<>();
        since.forEach((key, micros) -> {
            if (keys.size() < max && partitions.of(key) == partition && nowMicros - micros >= choreAgeMicros) {
                keys.add(key);
            }
        });
        return keys;
    }

    @Override
    public Request.GuardPage guards(int partition) {
        return new Request.GuardPage(collected(partition), fences);
    }

    @Override
    public DeletionMarks deletionMarks() {
        return deletionMarks;
    }

    private void observe(RegisterKey key, State state) {
        try {
            deletionMarks.observe(key, state);
        } catch (IOException damage) {
            throw new UncheckedIOException(damage);
        }
    }

    @Override
    public long controlVersion() {
        return controlVersion;
    }

    @Override
    public long layoutVersion(int partition) {
        return layoutVersions.of(controlVersion, partition);
    }

    @Override
    public Map<Integer, Long> completed() {
        return Collections.unmodifiableMap(completed);
    }

    /** Everything that is known beside the rows of keys, as records that may be logged once more. */
    public List<ReplicaRecord> governing() {
        List<ReplicaRecord> all = new ArrayList<>();
        all.add(booted);
        all.add(new ReplicaRecord.Bound(bound));
        all.add(new ReplicaRecord.SawControl(controlVersion));
        collected.forEach((partition, ballot) ->
                all.add(new ReplicaRecord.Guarded(partition, new Request.GuardPage(ballot, fences))));
        fences.forEach((space, fence) -> all.add(new ReplicaRecord.Fenced(space, fence)));
        completed.forEach((partition, version) -> all.add(new ReplicaRecord.Completed(partition, version)));
        dead.forEach(id -> all.add(new ReplicaRecord.MarkedDead(id)));
        return all;
    }

    /** The number of the last mount, and its name. */
    public ReplicaRecord.Booted booted() {
        return booted;
    }

    @Override
    public boolean isDamaged(RegisterKey key) {
        return damaged.contains(key);
    }

    @Override
    public boolean isComplete(int partition) {
        return !learning.containsKey(partition);
    }

    @Override
    public boolean isFaithful() {
        return faithful;
    }
}
