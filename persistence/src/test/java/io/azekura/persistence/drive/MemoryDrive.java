package io.azekura.persistence.drive;

import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Fenced;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.MissingShard;
import io.azekura.persistence.register.Messages.NoSpace;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The reference model of a drive, in memory: what {@link Drive} promises, in as few lines as possible. Replies come at
 * once, on the caller's thread. {@link #setDown} makes it answer "unknown" like a faulty drive; {@link #setFull} makes
 * it refuse new data; {@link #restart} forgets what a restart forgets.
 */
public final class MemoryDrive implements Drive {
    private record Shard(DataId id, int number) {}

    private record Fence(long configVersion, boolean closed) {}

    private final DriveId id = new DriveId(UUID.randomUUID());
    private final TreeMap<RegisterKey, Slot> slots = new TreeMap<>();
    private final Map<DataId, Bytes> bodies = new TreeMap<>();
    private final Map<Shard, byte[]> staged = new java.util.HashMap<>();
    private final Map<Shard, byte[]> shards = new java.util.HashMap<>();
    private final Map<Long, Fence> fences = new TreeMap<>();
    private long durableBound;
    private Acceptor acceptor = new Acceptor(0);
    private boolean down;
    private boolean full;

    public synchronized void setDown(boolean isDown) {
        down = isDown;
    }

    public synchronized void setFull(boolean isFull) {
        full = isFull;
    }

    /** Loses what is only in memory on a real drive: promises. */
    public synchronized void restart() {
        acceptor = new Acceptor(durableBound);
    }

    public synchronized Map<RegisterKey, Slot> slots() {
        return new TreeMap<>(slots);
    }

    public synchronized int stagedShards() {
        return staged.size();
    }

    /** Shards and whole bodies that a row names. */
    public synchronized int committedContents() {
        return shards.size() + bodies.size();
    }

    @Override
    public DriveId id() {
        return id;
    }

    @Override
    public synchronized ReadReply read(RegisterKey key) {
        if (down) {
            return new Unknown("down");
        }
        Row row = slot(key).highest();
        return row == null ? new Nothing() : new Found(row, slot(key).settled());
    }

    @Override
    public synchronized CompletionStage<PrepareReply> prepare(Prepare prepare) {
        if (down) {
            return CompletableFuture.completedStage(new Unknown("down"));
        }
        Acceptor.PrepareVerdict verdict = acceptor.prepare(prepare, slot(prepare.key()));
        if (verdict instanceof Acceptor.NeedsBound needs) {
            raiseBound(needs.counter());
            verdict = acceptor.prepare(prepare, slot(prepare.key()));
        }
        PrepareReply reply = ((Acceptor.PrepareAnswer) verdict).reply();
        if (reply instanceof Promised promised) {
            reply = new Promised(promised.row(), promised.settled(), unsettledBody(slot(prepare.key())));
        }
        return CompletableFuture.completedStage(reply);
    }

    @Override
    public synchronized CompletionStage<AcceptReply> accept(Accept accept) {
        return CompletableFuture.completedStage(down ? new Unknown("down") : decide(accept));
    }

    private AcceptReply decide(Accept accept) {
        Fence fence = fences.get(accept.key().space());
        if (fence != null
                && (fence.closed()
                        || (accept.state().configVersion() < fence.configVersion() && !accept.isFinishing()))) {
            return new Fenced(fence.configVersion(), fence.closed());
        }
        if (full && accept.state().kind() == State.Kind.LIVE) {
            return new NoSpace();
        }
        if (accept.state().content() instanceof Content.Sharded sharded) {
            for (int number = 0; number < sharded.holders().size(); number++) {
                Shard shard = new Shard(sharded.id(), number);
                if (sharded.holders().get(number) == accept.position()
                        && !staged.containsKey(shard)
                        && !shards.containsKey(shard)) {
                    return new MissingShard(number);
                }
            }
        }
        Acceptor.AcceptVerdict verdict = acceptor.accept(accept, slot(accept.key()));
        if (verdict instanceof Acceptor.NeedsBound needs) {
            raiseBound(needs.counter());
            verdict = acceptor.accept(accept, slot(accept.key()));
        }
        if (verdict instanceof Acceptor.AcceptAnswer answer) {
            return answer.reply();
        }
        keep(accept);
        replace(accept.key(), ((Acceptor.Store) verdict).slot());
        return new Accepted();
    }

    private void keep(Accept accept) {
        if (accept.state().content() instanceof Content.Whole whole && accept.body() != null) {
            bodies.put(whole.id(), accept.body());
        } else if (accept.state().content() instanceof Content.Sharded sharded) {
            for (int number = 0; number < sharded.holders().size(); number++) {
                Shard shard = new Shard(sharded.id(), number);
                byte[] bytes = staged.remove(shard);
                if (bytes != null) {
                    shards.put(shard, bytes);
                }
            }
        }
    }

    private void replace(RegisterKey key, Slot next) {
        Set<DataId> before = dataIds(slot(key));
        before.removeAll(dataIds(next));
        for (Row row : Acceptor.unchosen(slot(key), next)) {
            if (row.state().content() instanceof Content.Sharded sharded && before.contains(sharded.id())) {
                restage(sharded.id());
            }
        }
        slots.put(key, next);
        bodies.keySet().removeAll(before);
        shards.keySet().removeIf(shard -> before.contains(shard.id()));
    }

    private void restage(DataId id) {
        shards.forEach((shard, bytes) -> {
            if (shard.id().equals(id)) {
                staged.put(shard, bytes);
            }
        });
    }

    private static Set<DataId> dataIds(Slot slot) {
        Set<DataId> ids = new HashSet<>();
        for (Row row : slot.rows()) {
            if (row.state().content() instanceof Content.Whole whole) {
                ids.add(whole.id());
            } else if (row.state().content() instanceof Content.Sharded sharded) {
                ids.add(sharded.id());
            }
        }
        return ids;
    }

    @Override
    public synchronized void settle(RegisterKey key, Ballot ballot) {
        if (!down && slots.containsKey(key)) {
            replace(key, Acceptor.settle(slot(key), ballot));
        }
    }

    @Override
    public synchronized CompletionStage<Void> stage(DataId data, int shard, ByteBuffer bytes) {
        if (down || full) {
            return CompletableFuture.failedStage(
                    down ? new DriveFaultException("down") : new NoSpaceException("memory", 0, 0));
        }
        staged.put(new Shard(data, shard), Bytes.copyOf(bytes).array());
        return CompletableFuture.completedStage(null);
    }

    @Override
    public ShardWriter create(DataId data, int shard, long lengthMax) throws IOException {
        checkUp();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        return new ShardWriter() {
            @Override
            public void append(ByteBuffer bytes) throws IOException {
                checkUp();
                out.writeBytes(Bytes.copyOf(bytes).array());
            }

            @Override
            public void finish() throws IOException {
                checkUp();
                synchronized (MemoryDrive.this) {
                    staged.put(new Shard(data, shard), out.toByteArray());
                }
            }

            @Override
            public void abort() {
                synchronized (MemoryDrive.this) {
                    staged.remove(new Shard(data, shard));
                }
            }
        };
    }

    @Override
    public synchronized void discard(DataId data) {
        staged.keySet().removeIf(shard -> shard.id().equals(data));
    }

    @Override
    public synchronized void discardUnclaimed() {
        staged.clear();
    }

    /** Time stands still here: every unsettled key is old enough. */
    @Override
    public synchronized List<RegisterKey> unsettled(Duration olderThan) {
        List<RegisterKey> keys = new ArrayList<>();
        slots.forEach((key, slot) -> {
            if (!slot.isSettled()) {
                keys.add(key);
            }
        });
        return keys;
    }

    @Override
    public synchronized ShardReader open(RegisterKey key, DataId data, int shard) throws IOException {
        checkUp();
        byte[] bytes = shards.get(new Shard(data, shard));
        if (bytes == null) {
            throw new IOException("no shard " + shard + " of " + data);
        }
        return new ShardReader() {
            @Override
            public void read(long offset, ByteBuffer target) throws IOException {
                checkUp();
                target.put(bytes, Math.toIntExact(offset), target.remaining());
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public synchronized Bytes readWhole(RegisterKey key, DataId data) throws IOException {
        checkUp();
        Bytes body = bodies.get(data);
        if (body == null) {
            throw new IOException("no body " + data);
        }
        return body;
    }

    @Override
    public synchronized RowCursor scan(long space, Bytes from) throws IOException {
        checkUp();
        return new RowCursor() {
            private Bytes at = from;
            private boolean inclusive = true;
            private Map.@Nullable Entry<RegisterKey, Slot> entry;

            @Override
            public boolean next() throws IOException {
                checkUp();
                synchronized (MemoryDrive.this) {
                    RegisterKey bound = new RegisterKey(space, at);
                    entry = inclusive ? slots.ceilingEntry(bound) : slots.higherEntry(bound);
                }
                if (entry == null || entry.getKey().space() != space) {
                    return false;
                }
                at = entry.getKey().key();
                inclusive = false;
                return true;
            }

            @Override
            public Bytes key() {
                return at;
            }

            @Override
            public Slot slot() {
                return java.util.Objects.requireNonNull(entry, "not on a row").getValue();
            }

            @Override
            public void seek(Bytes key) {
                at = key;
                inclusive = true;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public synchronized CompletionStage<Void> fence(long space, long configVersion, boolean closed) {
        if (down) {
            return CompletableFuture.failedStage(new DriveFaultException("down"));
        }
        Fence old = fences.get(space);
        if (old == null || old.configVersion() <= configVersion) {
            fences.put(space, new Fence(configVersion, closed));
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public synchronized DriveStatus status() {
        DriveStatus.Condition condition = DriveStatus.Condition.ONLINE;
        if (down) {
            condition = DriveStatus.Condition.FAULTY;
        } else if (full) {
            condition = DriveStatus.Condition.FULL;
        }
        return new DriveStatus(id, Path.of("memory"), condition, "", 0, 0, 0, 0, 0);
    }

    private synchronized void checkUp() throws IOException {
        if (down) {
            throw new DriveFaultException("down");
        }
    }

    private Slot slot(RegisterKey key) {
        return slots.getOrDefault(key, Slot.EMPTY);
    }

    private void raiseBound(long counter) {
        durableBound = counter;
        acceptor.raiseBound(counter);
    }

    private @Nullable Bytes unsettledBody(Slot slot) {
        Row row = slot.highest();
        if (row != null && !slot.isSettled() && row.state().content() instanceof Content.Whole whole) {
            return bodies.get(whole.id());
        }
        return null;
    }
}
