package io.azekura.persistence.drive;

import static io.azekura.persistence.drive.Samples.accept;
import static io.azekura.persistence.drive.Samples.await;
import static io.azekura.persistence.drive.Samples.ballot;
import static io.azekura.persistence.drive.Samples.bytes;
import static io.azekura.persistence.drive.Samples.data;
import static io.azekura.persistence.drive.Samples.key;
import static io.azekura.persistence.drive.Samples.live;
import static io.azekura.persistence.drive.Samples.sharded;
import static io.azekura.persistence.drive.Samples.tombstone;
import static io.azekura.persistence.drive.Samples.whole;

import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.index.IndexSettings;
import io.azekura.persistence.log.LogSettings;
import io.azekura.persistence.log.SegmentChannel;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.mount.DirectoryMount;
import io.azekura.persistence.mount.DriveMounts;
import io.azekura.persistence.mount.DriveSuperblock;
import io.azekura.persistence.mount.MountedDrives;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Fenced;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.State;
import io.azekura.persistence.shard.ShardFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A drive with objects of every kind, what they are, and every byte of its files, so that it can be damaged, asked, and
 * made whole again.
 */
final class DamageVictim {
    static final int ABSENT_SPACE = 77;

    private static final int KIB = 1 << 10;

    /** The shortest segments that take the drive's longest record: several of them at little cost. */
    static final DriveSettings SETTINGS = new DriveSettings(
            new LogSettings(1088 * KIB, 1028 * KIB, 4, 1, false),
            new IndexSettings(1024 * KIB, 64 * KIB, true, 64, 0),
            0);

    static final AlignedBufferPool POOL = new AlignedBufferPool(8L << 20);
    private static final int FILLERS = 120;
    private static final int FILLER_BYTES = 9_000;

    final Path directory;
    final Path scratch;
    final DriveId id;
    final DriveSuperblock superblock;
    final Map<Path, byte[]> files = new TreeMap<>();

    /** The files as they were at earlier moments. */
    final List<Map<Path, byte[]>> earlier = new ArrayList<>();

    private long session;
    private final Map<RegisterKey, Expected> objects = new TreeMap<>();

    /** What must be found under a key: its highest row, and the bytes of each of its rows. */
    private record Expected(State state, Ballot accepted, Ballot settled, List<Body> bodies) {}

    /** A whole body, or shard 0 of a sharded one. */
    private record Body(DataId id, boolean isWhole, Bytes bytes) {}

    /** How a question to the damaged drive ended. */
    enum Answer {
        RIGHT,
        ERROR
    }

    /** The drive gave something else than what was stored. */
    static final class WrongAnswer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongAnswer(String message) {
            super(message);
        }
    }

    private DamageVictim(Path directory, Path scratch, DriveSuperblock superblock) {
        this.directory = directory;
        this.scratch = scratch;
        this.superblock = superblock;
        this.id = superblock.driveId();
    }

    /** Makes and fills a drive below {@code root}. */
    static DamageVictim create(Path root) throws IOException {
        Path directory = root.resolve("drive");
        Path scratch = Files.createDirectories(root.resolve("scratch"));
        DriveSuperblock superblock;
        long[] next = {1};
        try (MountedDrives mounted = DriveMounts.mount(
                List.of(directory),
                null,
                () -> new UUID(0xDA3A6E, next[0]++),
                1,
                (path, drive) -> DriveEngine.create(path, drive, SETTINGS))) {
            superblock = ((DirectoryMount.Mounted) mounted.directories().get(0)).superblock();
        }
        DamageVictim victim = new DamageVictim(directory, scratch, superblock);
        victim.fill();
        return victim;
    }

    private void fill() throws IOException {
        try (DriveEngine drive = open()) {
            await(drive.fence(ABSENT_SPACE, 3, true));
            fillers(drive, 0, FILLERS / 2);
            putWhole(drive, "whole", 1_000, 1, 500);
            putFile(drive, "huge", 1_001, 2, 100_000);
        }
        earlier.add(images());
        session++;
        try (DriveEngine drive = open()) {
            putWhole(drive, "whole", 1_010, 11, 700);
            putFile(drive, "huge", 1_011, 12, 180_000);
            fillers(drive, FILLERS / 2, FILLERS);
            putSmall(drive, "small", 1_012, 13, 1_500);
        }
        earlier.add(images());
        session++;
        try (DriveEngine drive = open()) {
            putFile(drive, "large", 1_020, 21, 900);
            putFile(drive, "twin", 1_021, 22, 180_000);
            putSmall(drive, "blocks", 1_022, 23, 60_000);
            require(accept(drive, key("gone"), counted(24), tombstone(24), null));
            drive.settle(key("gone"), counted(24));
            objects.put(key("gone"), new Expected(tombstone(24), counted(24), counted(24), List.of()));
            Bytes pending = bytes(25, 600);
            State unsettled = live(whole(data(1_025), pending), 25);
            require(accept(drive, key("pending"), counted(25), unsettled, pending));
            Body body = new Body(data(1_025), true, pending);
            objects.put(key("pending"), new Expected(unsettled, counted(25), Ballot.ZERO, List.of(body)));
            putTwo(drive);
            await(drive.stage(data(1_030), 0, bytes(30, 1_200).buffer()));
            Samples.write(drive, data(1_031), 0, bytes(31, 20_000));
        }
        files.putAll(images());
    }

    private void fillers(DriveEngine drive, int from, int to) {
        List<CompletionStage<AcceptReply>> replies = new ArrayList<>();
        for (int number = from; number < to; number++) {
            DataId id = data(2_000 + number);
            Bytes body = bytes(id.sequence(), FILLER_BYTES);
            State state = live(whole(id, body), number);
            replies.add(drive.accept(new Accept(key("filler " + number), counted(3), state, 0, body)));
            Body expected = new Body(id, true, body);
            objects.put(key("filler " + number), new Expected(state, counted(3), counted(3), List.of(expected)));
        }
        replies.forEach(reply -> require(await(reply)));
        for (int number = from; number < to; number++) {
            drive.settle(key("filler " + number), counted(3));
        }
    }

    /** A ballot above all that earlier runs of the drive may have promised. */
    private Ballot counted(long counter) {
        return ballot((session << 30) + counter);
    }

    private void putWhole(DriveEngine drive, String name, long dataId, long counter, int length) {
        Bytes body = bytes(dataId, length);
        State state = live(whole(data(dataId), body), counter);
        put(drive, name, state, counter, body, new Body(data(dataId), true, body));
    }

    private void putSmall(DriveEngine drive, String name, long dataId, long counter, int length) {
        Bytes shard = bytes(dataId, length);
        await(drive.stage(data(dataId), 0, shard.buffer()));
        State state = live(sharded(data(dataId), List.of(0, 1, 2, 3)), counter);
        put(drive, name, state, counter, null, new Body(data(dataId), false, shard));
    }

    private void putFile(DriveEngine drive, String name, long dataId, long counter, int length) throws IOException {
        Bytes shard = bytes(dataId, length);
        Samples.write(drive, data(dataId), 0, shard);
        State state = live(sharded(data(dataId), List.of(0, 1, 2, 3)), counter);
        put(drive, name, state, counter, null, new Body(data(dataId), false, shard));
    }

    private void put(DriveEngine drive, String name, State state, long counter, @Nullable Bytes body, Body expected) {
        Ballot ballot = counted(counter);
        require(accept(drive, key(name), ballot, state, body));
        drive.settle(key(name), ballot);
        objects.put(key(name), new Expected(state, ballot, ballot, List.of(expected)));
    }

    /** A settled row with one that is not known chosen above it. */
    private void putTwo(DriveEngine drive) {
        putSmall(drive, "two", 1_026, 26, 2_000);
        Bytes above = bytes(27, 300);
        State state = live(whole(data(1_027), above), 27);
        require(accept(drive, key("two"), counted(27), state, above));
        List<Body> bodies = new ArrayList<>(expected(key("two")).bodies());
        bodies.add(new Body(data(1_027), true, above));
        objects.put(key("two"), new Expected(state, counted(27), counted(26), bodies));
    }

    private static void require(AcceptReply reply) {
        if (!(reply instanceof Accepted)) {
            throw new IllegalStateException("not accepted but " + reply);
        }
    }

    DriveEngine open() throws IOException {
        return DriveEngine.open(directory, id, SETTINGS, POOL, fault -> {}, SegmentChannel.Opener.FILES);
    }

    OfflineDrive offline() throws IOException {
        return OfflineDrive.open(directory, id, SETTINGS);
    }

    /** The contents of all files, by path. */
    Map<Path, byte[]> images() throws IOException {
        Map<Path, byte[]> images = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                images.put(file, Files.readAllBytes(file));
            }
        }
        return images;
    }

    /** Makes every file what it was when the drive was filled. */
    void restore() throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                boolean isExtra = Files.isRegularFile(file)
                        ? !files.containsKey(file)
                        : String.valueOf(file.getFileName()).equals(DriveRecovery.DAMAGED_INDEX);
                if (isExtra) {
                    Files.delete(file);
                }
            }
        }
        for (Map.Entry<Path, byte[]> image : files.entrySet()) {
            Path file = image.getKey();
            if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), image.getValue())) {
                Files.createDirectories(file.getParent());
                Files.write(file, image.getValue());
            }
        }
    }

    Path shardFile(long dataId) {
        return ShardFiles.file(directory.resolve(DriveRecovery.SHARDS), data(dataId), 0);
    }

    Path segment(long number) {
        return directory.resolve("log").resolve(String.format(Locale.ROOT, "segment-%016x.log", number));
    }

    int objectCount() {
        return objects.size();
    }

    /** Asks the drive everything; {@link Answer#ERROR} if it refused anything. */
    Answer ask(DriveEngine drive) {
        Answer answer = askFence(drive);
        for (Map.Entry<RegisterKey, Expected> object : objects.entrySet()) {
            answer = worse(answer, ask(drive, object.getKey(), object.getValue()));
        }
        return worse(answer, askScan(drive));
    }

    Answer ask(DriveEngine drive, RegisterKey key) {
        return ask(drive, key, expected(key));
    }

    private Expected expected(RegisterKey key) {
        return Objects.requireNonNull(objects.get(key));
    }

    private static Answer worse(Answer one, Answer other) {
        return one == Answer.ERROR ? one : other;
    }

    private static Answer ask(DriveEngine drive, RegisterKey key, Expected expected) {
        ReadReply reply = drive.read(key);
        Answer answer = Answer.ERROR;
        if (reply instanceof Nothing) {
            throw new WrongAnswer("nothing under " + key);
        }
        if (reply instanceof Found found) {
            Found right = new Found(new Row(expected.accepted, expected.state), expected.settled);
            if (!found.equals(right)) {
                throw new WrongAnswer(found + " under " + key + " instead of " + right);
            }
            answer = Answer.RIGHT;
        }
        for (Body body : expected.bodies) {
            answer = worse(answer, ask(drive, key, body));
        }
        return answer;
    }

    private static Answer ask(DriveEngine drive, RegisterKey key, Body body) {
        Bytes read;
        try {
            if (body.isWhole) {
                read = drive.readWhole(key, body.id);
            } else {
                try (Drive.ShardReader reader = drive.open(key, body.id, 0)) {
                    read = Samples.read(reader, 0, body.bytes.length());
                }
            }
        } catch (IOException refused) {
            return Answer.ERROR;
        }
        if (!read.equals(body.bytes)) {
            throw new WrongAnswer("wrong bytes of " + key);
        }
        return Answer.RIGHT;
    }

    /** A closed space stays closed, and a ballot below the bound of earlier runs is not promised. */
    private static Answer askFence(DriveEngine drive) {
        RegisterKey fenced = new RegisterKey(ABSENT_SPACE, Bytes.utf8("x"));
        AcceptReply reply = accept(drive, fenced, ballot(1L << 40), tombstone(1), null);
        if (reply instanceof Accepted) {
            throw new WrongAnswer("a closed space is open");
        }
        PrepareReply promise = Samples.prepare(drive, key("never written"), ballot(1));
        if (promise instanceof Promised) {
            throw new WrongAnswer("a ballot below the bound is promised");
        }
        return reply instanceof Fenced ? Answer.RIGHT : Answer.ERROR;
    }

    private Answer askScan(DriveEngine drive) {
        List<RegisterKey> scanned = new ArrayList<>();
        try (Drive.RowCursor cursor = drive.scan(Samples.SPACE, Bytes.EMPTY)) {
            while (cursor.next()) {
                RegisterKey key = new RegisterKey(Samples.SPACE, cursor.key());
                Expected expected = objects.get(key);
                Row highest = cursor.slot().highest();
                if (expected == null || highest == null || !highest.state().equals(expected.state)) {
                    throw new WrongAnswer("a scan shows another row of " + key);
                }
                scanned.add(key);
            }
        } catch (IOException refused) {
            return Answer.ERROR;
        }
        if (!scanned.equals(List.copyOf(objects.keySet()))) {
            throw new WrongAnswer("a scan shows " + scanned.size() + " of " + objects.size() + " keys");
        }
        return Answer.RIGHT;
    }
}
