package io.azekura.persistence.drive;

import io.azekura.persistence.drive.crash.DiskCall;
import io.azekura.persistence.drive.crash.DiskImage;
import io.azekura.persistence.drive.crash.RecordedDisk;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Plays operations of one protocol against a drive on a recorded disk, with marks for what was asked and answered. */
final class CrashScript {
    private static final int KEYS = 6;

    /** Longer bodies are cut into shards. */
    private static final int WHOLE_BYTES_MAX = 16 * 1024;

    private static final long WAIT_SECONDS = 30;

    /** Mostly the 256 directories of the shard files. */
    private static final int FORMATTING_CALLS = 280;

    private final CrashProtocol protocol;
    private final CrashHistory history;
    private final RecordedDisk disk;
    private final CrashDrive drives;
    private final Random random;
    private final Deque<CompletableFuture<?>> inFlight = new ArrayDeque<>();
    private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
    private final Queue<IOException> faults = new ConcurrentLinkedQueue<>();
    private final BitSet acknowledgedBefore;
    private long session;
    private long counter;

    CrashScript(
            CrashProtocol protocol,
            CrashHistory history,
            RecordedDisk disk,
            CrashDrive drives,
            BitSet acknowledgedBefore,
            Random random) {
        this.protocol = protocol;
        this.history = history;
        this.disk = disk;
        this.drives = drives;
        this.acknowledgedBefore = acknowledgedBefore;
        this.random = random;
    }

    /** Sessions of opening, working and closing, of which some end by a kill; {@code first} numbers the first of them. */
    void run(long first, int sessions, boolean endsKilled) throws IOException {
        snapshot();
        for (session = first; session < first + sessions; session++) {
            boolean isLast = session == first + sessions - 1;
            boolean isKilled = isLast ? endsKilled : random.nextInt(100) < protocol.killPercent();
            disk.revive();
            if (isKilled) {
                disk.killAfter(formatting() + 1L + random.nextInt(protocol.callsBeforeKill()), random.nextBoolean());
            }
            counter = (session + 1) << 32;
            playSession();
        }
        if (!surprises.isEmpty()) {
            throw new AssertionError("unexpected replies: " + surprises);
        }
    }

    /** The calls that make a new drive, unless it is to be killed while it is made. */
    private int formatting() {
        return history.mounted().isEmpty() && random.nextInt(4) > 0 ? FORMATTING_CALLS : 0;
    }

    private void playSession() throws IOException {
        try {
            int operation = submit();
            CrashDrive.Mounted mounted =
                    drives.mount(disk.root(), history.mounted().isEmpty());
            history.mounted(operation, mounted);
            acknowledge(operation);
            DriveEngine drive = drives.open(disk.root(), faults::add);
            try (drive) {
                observe(drive);
                for (int i = 0; i < protocol.operations() && !disk.isKilled(); i++) {
                    play(drive);
                }
                awaitAll();
            }
        } catch (IOException | IllegalStateException | AssertionError e) {
            if (!disk.isKilled() || e instanceof AssertionError) {
                throw e;
            }
        } finally {
            drives.unmount();
            inFlight.clear();
            snapshot();
        }
    }

    /** Whoever looks now may rely on what is seen. */
    private void observe(DriveEngine drive) throws IOException {
        try {
            observeAll(drive);
        } catch (AssertionError e) {
            if (!disk.isKilled()) {
                throw e;
            }
        }
    }

    private void observeAll(DriveEngine drive) throws IOException {
        BitSet everything = new BitSet();
        everything.set(0, Integer.MAX_VALUE >>> 8);
        Map<RegisterKey, Slot> slots = new CrashJudge(history, everything, acknowledged()).slots(drive);
        int operation = submit();
        for (RegisterKey key : List.copyOf(history.versions().keySet())) {
            history.observe(operation, key, slots.getOrDefault(key, Slot.EMPTY));
        }
        acknowledge(operation);
    }

    private BitSet acknowledged() {
        BitSet acknowledged = (BitSet) acknowledgedBefore.clone();
        for (DiskCall call : disk.calls()) {
            if (call instanceof DiskCall.Acknowledged mark) {
                acknowledged.set(mark.operation());
            }
        }
        return acknowledged;
    }

    private int submit() {
        int operation = history.next();
        disk.mark(new DiskCall.Submitted(operation));
        return operation;
    }

    private void acknowledge(int operation) {
        disk.mark(new DiskCall.Acknowledged(operation));
    }

    private void snapshot() throws IOException {
        disk.mark(new DiskCall.Snapshot(DiskImage.read(disk.real(), disk.real().resolve(DriveRecovery.INDEX))));
    }

    private void play(DriveEngine drive) throws IOException {
        switch (protocol.draw(random)) {
            case WHOLE -> accept(drive, anyKey(), bytes(Math.min(protocol.bodyBytesMax(), WHOLE_BYTES_MAX)));
            case TOMBSTONE -> accept(drive, anyKey(), null);
            case INLINE -> acceptShard(drive, stageInline(drive));
            case FILE -> acceptShard(drive, writeFile(drive, false));
            case STAGE -> stageInline(drive);
            case STAGE_FILE -> writeFile(drive, false);
            case ABORT -> writeFile(drive, true);
            case CLAIM -> claim(drive);
            case DISCARD -> discard(drive);
            case SETTLE -> settle(drive);
            case FENCE -> fence(drive);
            case PREPARE -> prepare(drive);
            case SNAPSHOT -> {
                awaitAll();
                snapshot();
            }
        }
        while (inFlight.size() >= protocol.width()) {
            await(inFlight.removeFirst());
        }
    }

    private void awaitAll() {
        while (!inFlight.isEmpty()) {
            await(inFlight.removeFirst());
        }
    }

    private static void await(CompletableFuture<?> stage) {
        try {
            stage.handle((value, failure) -> true).get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("an operation never ended", e);
        }
    }

    private <T> void expect(CompletionStage<T> stage, int operation, Predicate<T> isSuccess) {
        inFlight.addLast(stage.toCompletableFuture().whenComplete((reply, failure) -> {
            if (failure == null && isSuccess.test(reply)) {
                acknowledge(operation);
            } else if (!disk.isKilled()) {
                surprises.add(operation + ": " + (failure == null ? reply : failure));
            }
        }));
    }

    private RegisterKey anyKey() {
        return Samples.key("key" + random.nextInt(KEYS));
    }

    private DataId newData() {
        return Samples.data(history.next());
    }

    /** A body to be stored whole, or a tombstone. */
    private void accept(DriveEngine drive, RegisterKey key, @Nullable Bytes body) {
        makeRoom(drive, key);
        State state = Samples.tombstone(++counter);
        if (body != null) {
            DataId id = newData();
            history.wrote(id, body);
            state = Samples.live(Samples.whole(id, body), counter);
        }
        send(drive, new Accept(key, Samples.ballot(counter), state, 0, body));
    }

    private void acceptShard(DriveEngine drive, @Nullable DataId id) {
        if (id != null) {
            RegisterKey key = anyKey();
            makeRoom(drive, key);
            State state = Samples.live(Samples.sharded(id, List.of(0, 1, 2, 3)), ++counter);
            send(drive, new Accept(key, Samples.ballot(counter), state, 0, null));
        }
    }

    private void send(DriveEngine drive, Accept accept) {
        int operation = submit();
        history.accept(operation, accept);
        expect(drive.accept(accept), operation, Accepted.class::isInstance);
    }

    /** A slot takes only so many rows that are not settled. */
    private void makeRoom(DriveEngine drive, RegisterKey key) {
        Slot slot = history.current(key);
        if (slot.rows().size() > Slot.ROWS_MAX / 2) {
            settle(drive, key, slot.accepted());
        }
    }

    private Bytes bytes(int bytesMax) {
        return Samples.bytes(random.nextLong(), 1 + random.nextInt(bytesMax));
    }

    private @Nullable DataId stageInline(DriveEngine drive) {
        DataId id = newData();
        Bytes shard = bytes(protocol.bodyBytesMax());
        history.wrote(id, shard);
        int operation = submit();
        history.stage(operation, id, false);
        expect(drive.stage(id, 0, shard.buffer()), operation, nothing -> true);
        awaitAll();
        return disk.isKilled() ? null : id;
    }

    private @Nullable DataId writeFile(DriveEngine drive, boolean isAborted) throws IOException {
        DataId id = newData();
        Bytes shard = bytes(random.nextInt(8) == 0 ? protocol.fileBytesMax() : protocol.fileBytesMax() / 16);
        history.wrote(id, shard);
        Drive.ShardWriter writer = drive.create(id, 0, shard.length());
        writer.append(shard.buffer());
        if (isAborted) {
            writer.abort();
            return null;
        }
        int operation = submit();
        history.stage(operation, id, true);
        writer.finish();
        acknowledge(operation);
        return id;
    }

    /** Names a staged shard in a row of its own, which is refused if a crash took the shard. */
    private void claim(DriveEngine drive) {
        DataId id = history.unclaimed(random.nextInt(100));
        if (id != null) {
            awaitAll();
            State state = Samples.live(Samples.sharded(id, List.of(0, 1, 2, 3)), ++counter);
            Accept accept = new Accept(Samples.key("claim of " + id), Samples.ballot(counter), state, 0, null);
            int operation = submit();
            history.accept(operation, accept);
            inFlight.addLast(drive.accept(accept).toCompletableFuture().whenComplete((reply, failure) -> {
                if (reply instanceof Accepted) {
                    acknowledge(operation);
                }
            }));
            awaitAll();
        }
    }

    private void discard(DriveEngine drive) {
        DataId id = history.unclaimed(random.nextInt(100));
        if (id != null) {
            history.end(submit(), id);
            drive.discard(id);
        }
    }

    private void settle(DriveEngine drive) {
        RegisterKey key = anyKey();
        Slot slot = history.current(key);
        if (!slot.rows().isEmpty()) {
            settle(
                    drive,
                    key,
                    slot.rows().get(random.nextInt(slot.rows().size())).accepted());
        }
    }

    private void settle(DriveEngine drive, RegisterKey key, Ballot ballot) {
        history.settle(submit(), key, ballot);
        drive.settle(key, ballot);
    }

    /** Of a space of its own, as a fence cannot be taken back. */
    private void fence(DriveEngine drive) {
        int operation = submit();
        long space = 1_000L + operation;
        history.fence(operation, space, 6);
        expect(drive.fence(space, 6, random.nextInt(4) == 0), operation, nothing -> true);
    }

    private void prepare(DriveEngine drive) {
        // Often beyond the bound, which must be durable before the promise.
        counter += random.nextBoolean() ? 1 : 1 << 21;
        RegisterKey key = Samples.key("promised" + random.nextInt(4));
        int operation = submit();
        history.promise(operation, key, Samples.ballot(counter));
        expect(drive.prepare(new Prepare(key, Samples.ballot(counter))), operation, Promised.class::isInstance);
    }
}
