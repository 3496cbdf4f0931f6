package io.azekura.persistence.drive;

import static io.azekura.persistence.drive.Samples.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.Refused;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations, restarts and kills among them, run against a real drive and against {@link MemoryDrive}, which
 * must answer alike and hold the same rows and bytes in the end.
 */
class DriveModelTest {
    private static final int STEPS = 250;
    private static final int KEYS = 6;

    @TempDir
    Path temporary;

    private final MemoryDrive model = new MemoryDrive();
    private final Map<DataId, Bytes> written = new HashMap<>();
    private final List<DataId> unclaimed = new ArrayList<>();
    private Random random = new Random(0);
    private long counter;
    private long nextData;
    private int copies;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aDriveAnswersLikeTheModel(long seed) throws IOException {
        random = new Random(seed);
        DriveDirectory directory = DriveDirectory.create(temporary.resolve("drive"));
        DriveEngine drive = directory.open();
        for (int step = 0; step < STEPS; step++) {
            int choice = random.nextInt(100);
            if (choice < 50) {
                accept(drive);
            } else if (choice < 65) {
                prepare(drive);
            } else if (choice < 80) {
                settle(drive);
            } else if (choice < 90) {
                stage(drive);
            } else if (choice < 94) {
                discard(drive);
            } else if (choice < 96) {
                fence(drive);
            } else {
                flush(drive);
                directory = choice < 98 ? directory : directory.crash(temporary.resolve("copy" + copies++));
                drive.close();
                drive = directory.open();
                model.restart();
                learnFloor(drive);
            }
            compare(drive);
        }
        drive.discardUnclaimed();
        flush(drive);
        drive.close();
        try (DriveEngine again = directory.open()) {
            compare(again);
        }
        assertEquals(List.of(), directory.faults());
    }

    private RegisterKey anyKey() {
        return Samples.key("key" + random.nextInt(KEYS));
    }

    /** Mostly a new highest ballot, sometimes an old one. */
    private Ballot anyBallot() {
        if (random.nextInt(6) == 0 && counter > 0) {
            return new Ballot(Math.max(1, counter - random.nextInt(4)), 1 + random.nextInt(2));
        }
        return new Ballot(++counter, 1 + random.nextInt(2));
    }

    private void prepare(DriveEngine drive) {
        Prepare prepare = new Prepare(anyKey(), anyBallot());
        assertEquals(await(model.prepare(prepare)), await(drive.prepare(prepare)));
    }

    private void accept(DriveEngine drive) {
        RegisterKey key = anyKey();
        Accept accept = new Accept(key, anyBallot(), Samples.tombstone(counter), 0, null);
        int kind = random.nextInt(4);
        if (kind == 0) {
            DataId id = Samples.data(++nextData);
            Bytes body = Samples.bytes(nextData, 1 + random.nextInt(Content.WHOLE_BYTES_MAX));
            written.put(id, body);
            State state = Samples.live(Samples.whole(id, body), counter);
            accept = new Accept(key, accept.ballot(), state, 0, body);
        } else if (kind == 1 && !unclaimed.isEmpty()) {
            DataId id = unclaimed.remove(random.nextInt(unclaimed.size()));
            State state = Samples.live(Samples.sharded(id, List.of(0, 1, 2, 3)), counter);
            accept = new Accept(key, accept.ballot(), state, 0, null);
        } else if (kind == 2) {
            Slot slot = model.slots().getOrDefault(key, Slot.EMPTY);
            Row highest = slot.highest();
            if (highest != null) {
                Bytes body = written.get(SlotChanges.dataId(highest.state().content()));
                boolean isWhole = highest.state().content() instanceof Content.Whole;
                accept = new Accept(key, accept.ballot(), highest.state(), 0, isWhole ? body : null);
            }
        }
        var expected = await(model.accept(accept));
        assertEquals(expected, await(drive.accept(accept)));
        if (!(expected instanceof Accepted)
                && kind == 1
                && accept.state().content() instanceof Content.Sharded sharded) {
            unclaimed.add(sharded.id());
        }
    }

    private void settle(DriveEngine drive) {
        RegisterKey key = anyKey();
        Slot slot = model.slots().getOrDefault(key, Slot.EMPTY);
        if (!slot.rows().isEmpty()) {
            Ballot chosen = slot.rows().get(random.nextInt(slot.rows().size())).accepted();
            model.settle(key, chosen);
            drive.settle(key, chosen);
        }
    }

    private void stage(DriveEngine drive) throws IOException {
        DataId id = Samples.data(++nextData);
        if (random.nextBoolean()) {
            Bytes shard = Samples.bytes(nextData, 1 + random.nextInt(100_000));
            await(model.stage(id, 0, shard.buffer()));
            await(drive.stage(id, 0, shard.buffer()));
            written.put(id, shard);
        } else {
            Bytes shard = Samples.bytes(nextData, 1 + random.nextInt(300_000));
            Samples.write(model, id, 0, shard);
            Samples.write(drive, id, 0, shard);
            written.put(id, shard);
        }
        unclaimed.add(id);
    }

    private void discard(DriveEngine drive) {
        if (!unclaimed.isEmpty()) {
            DataId id = unclaimed.remove(random.nextInt(unclaimed.size()));
            model.discard(id);
            drive.discard(id);
        }
    }

    /** Raises the configuration version of another space, and seldom of the one in use, to what its states have. */
    private void fence(DriveEngine drive) {
        long space = random.nextInt(4) == 0 ? Samples.SPACE : 99;
        long version = 1L + random.nextInt(5);
        await(model.fence(space, version, false));
        await(drive.fence(space, version, false));
    }

    private static void flush(DriveEngine drive) {
        await(drive.fence(99, 0, false));
    }

    /** The bounds of drive and model differ: both floors are passed before ballots are compared again. */
    private void learnFloor(DriveEngine drive) {
        Prepare low = new Prepare(Samples.key("probe"), new Ballot(1, 1));
        for (Drive one : List.of(model, drive)) {
            if (await(one.prepare(low)) instanceof Refused refused) {
                counter = Math.max(counter, refused.greatest().counter());
            }
        }
        // Above every ballot that anyBallot may repeat.
        counter += 10;
    }

    private void compare(DriveEngine drive) throws IOException {
        Map<RegisterKey, Slot> expected = model.slots();
        for (int i = 0; i < KEYS; i++) {
            RegisterKey key = Samples.key("key" + i);
            assertEquals(model.read(key), drive.read(key));
        }
        Map<RegisterKey, Slot> scanned = new HashMap<>();
        try (Drive.RowCursor cursor = drive.scan(Samples.SPACE, Bytes.EMPTY)) {
            while (cursor.next()) {
                scanned.put(new RegisterKey(Samples.SPACE, cursor.key()), cursor.slot());
            }
        }
        assertEquals(expected, scanned);
        assertEquals(new HashSet<>(model.unsettled(Duration.ZERO)), new HashSet<>(drive.unsettled(Duration.ZERO)));
        if (random.nextInt(5) == 0) {
            for (Map.Entry<RegisterKey, Slot> slot : expected.entrySet()) {
                for (Row row : slot.getValue().rows()) {
                    compareBytes(drive, slot.getKey(), row.state().content());
                }
            }
        }
    }

    private void compareBytes(DriveEngine drive, RegisterKey key, Content content) throws IOException {
        if (content instanceof Content.Whole whole) {
            assertEquals(written.get(whole.id()), drive.readWhole(key, whole.id()));
        } else if (content instanceof Content.Sharded sharded) {
            Bytes shard = Objects.requireNonNull(written.get(sharded.id()));
            try (Drive.ShardReader reader = drive.open(key, sharded.id(), 0)) {
                assertEquals(shard, Samples.read(reader, 0, shard.length()));
            }
        }
    }
}
