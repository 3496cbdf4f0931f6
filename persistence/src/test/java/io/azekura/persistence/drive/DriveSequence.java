package io.azekura.persistence.drive;

import static io.azekura.persistence.drive.Samples.await;

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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plays steps against a real drive and against {@link MemoryDrive}, which must answer alike and have the same rows and
 * bytes after each. Each step has a seed of its own, so that steps can be left out and the others stay what they are.
 */
final class DriveSequence {
    private static final int KEYS = 6;

    private final Path root;
    private final MemoryDrive model = new MemoryDrive();
    private final Map<DataId, Bytes> written = new HashMap<>();
    private final List<DataId> unclaimed = new ArrayList<>();
    private DriveDirectory directory;
    private DriveEngine drive;
    private Random random = new Random(0);
    private @Nullable Path oldIndex;
    private long counter;
    private int copies;

    enum Kind {
        ACCEPT,
        PREPARE,
        SETTLE,
        STAGE,
        DISCARD,
        FENCE,
        FILL,
        COMPACT,
        REOPEN,
        CRASH,
        LOSE_INDEX,
        DAMAGE_INDEX,
        KEEP_INDEX,
        OLD_INDEX,
        SCAVENGE
    }

    /** One step; what exactly it does is drawn from its seed. */
    record Step(Kind kind, long seed) {}

    private DriveSequence(Path root) throws IOException {
        this.root = root;
        this.directory = DriveDirectory.create(root.resolve("drive"));
        this.drive = directory.open();
    }

    static List<Step> of(long seed, int length) {
        Random random = new Random(seed);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            steps.add(new Step(kind(random.nextInt(100)), random.nextLong()));
        }
        return steps;
    }

    private static Kind kind(int draw) {
        int[] upTo = {36, 44, 54, 64, 68, 70, 74, 82, 86, 91, 93, 95, 96, 98, 100};
        for (int i = 0; i < upTo.length; i++) {
            if (draw < upTo[i]) {
                return Kind.values()[i];
            }
        }
        throw new IllegalArgumentException("no kind for " + draw);
    }

    /** Plays the steps in a directory below {@code root}, which it empties; null if all went well, else what did not. */
    static @Nullable Throwable play(Path root, List<Step> steps) throws IOException {
        Files.createDirectories(root);
        DriveSequence sequence = new DriveSequence(root);
        try {
            sequence.playAll(steps);
            return null;
        } catch (AssertionError | IOException | RuntimeException wrong) {
            return wrong;
        } finally {
            sequence.drive.close();
            deleteTree(root);
        }
    }

    /** The steps without those that a failure does not need. */
    static List<Step> shrink(Path root, List<Step> failing) throws IOException {
        List<Step> steps = failing;
        for (int size = Math.max(1, steps.size() / 2); size >= 1; size /= 2) {
            int at = 0;
            while (at < steps.size()) {
                List<Step> fewer = new ArrayList<>(steps.subList(0, at));
                fewer.addAll(steps.subList(Math.min(steps.size(), at + size), steps.size()));
                if (play(root, fewer) == null) {
                    at += size;
                } else {
                    steps = fewer;
                }
            }
        }
        return steps;
    }

    private void playAll(List<Step> steps) throws IOException {
        for (Step step : steps) {
            random = new Random(step.seed());
            play(step.kind());
            compare();
        }
        drive.discardUnclaimed();
        flush();
        reopen();
        compare();
        if (!directory.faults().isEmpty()) {
            throw new IOException("the drive became faulty", directory.faults().get(0));
        }
    }

    private void play(Kind kind) throws IOException {
        switch (kind) {
            case ACCEPT -> accept();
            case PREPARE -> prepare();
            case SETTLE -> settle();
            case STAGE -> stage();
            case DISCARD -> discard();
            case FENCE -> fence();
            case FILL -> fill();
            case COMPACT -> compact();
            case REOPEN -> {
                flush();
                reopen();
            }
            case CRASH -> crash();
            case LOSE_INDEX -> withoutDrive(() -> deleteTree(index()));
            case DAMAGE_INDEX -> withoutDrive(this::damageIndex);
            case KEEP_INDEX -> withoutDrive(this::keepIndex);
            case OLD_INDEX -> withoutDrive(this::putOldIndexBack);
            case SCAVENGE -> scavenge();
        }
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

    private DataId newData() {
        return Samples.data(random.nextLong() >>> 1);
    }

    private void prepare() {
        Prepare prepare = new Prepare(anyKey(), anyBallot());
        expect(await(model.prepare(prepare)), await(drive.prepare(prepare)), prepare);
    }

    private void accept() {
        RegisterKey key = anyKey();
        Accept accept = new Accept(key, anyBallot(), Samples.tombstone(counter), 0, null);
        int kind = random.nextInt(4);
        DataId claimed = null;
        if (kind == 0) {
            DataId id = newData();
            Bytes body = Samples.bytes(id.sequence(), 1 + random.nextInt(Content.WHOLE_BYTES_MAX));
            written.put(id, body);
            accept = new Accept(key, accept.ballot(), Samples.live(Samples.whole(id, body), counter), 0, body);
        } else if (kind == 1 && !unclaimed.isEmpty()) {
            claimed = unclaimed.remove(random.nextInt(unclaimed.size()));
            State state = Samples.live(Samples.sharded(claimed, List.of(0, 1, 2, 3)), counter);
            accept = new Accept(key, accept.ballot(), state, 0, null);
        } else if (kind == 2) {
            accept = again(accept);
        }
        var expected = await(model.accept(accept));
        expect(expected, await(drive.accept(accept)), accept);
        if (claimed != null && !(expected instanceof Accepted)) {
            unclaimed.add(claimed);
        }
    }

    /** The state that the key has, under another ballot. */
    private Accept again(Accept accept) {
        Row highest = model.slots().getOrDefault(accept.key(), Slot.EMPTY).highest();
        if (highest == null) {
            return accept;
        }
        boolean isWhole = highest.state().content() instanceof Content.Whole;
        Bytes body = isWhole ? written.get(SlotChanges.dataId(highest.state().content())) : null;
        return new Accept(accept.key(), accept.ballot(), highest.state(), 0, random.nextBoolean() ? body : null);
    }

    private void settle() {
        RegisterKey key = anyKey();
        Slot slot = model.slots().getOrDefault(key, Slot.EMPTY);
        if (!slot.rows().isEmpty()) {
            Ballot chosen = slot.rows().get(random.nextInt(slot.rows().size())).accepted();
            model.settle(key, chosen);
            drive.settle(key, chosen);
        }
    }

    private void stage() throws IOException {
        DataId id = newData();
        boolean isFile = random.nextInt(3) == 0;
        Bytes shard = Samples.bytes(id.sequence(), 1 + random.nextInt(isFile ? 100_000 : 40_000));
        if (isFile) {
            Samples.write(model, id, 0, shard);
            Samples.write(drive, id, 0, shard);
        } else {
            await(model.stage(id, 0, shard.buffer()));
            await(drive.stage(id, 0, shard.buffer()));
        }
        written.put(id, shard);
        unclaimed.add(id);
    }

    private void discard() {
        if (!unclaimed.isEmpty()) {
            DataId id = unclaimed.remove(random.nextInt(unclaimed.size()));
            model.discard(id);
            drive.discard(id);
        }
    }

    /** As after the first mount: everything that was staged before the last one and is unclaimed goes. */
    private void scavenge() throws IOException {
        flush();
        reopen();
        drive.discardUnclaimed();
        model.discardUnclaimed();
        unclaimed.clear();
    }

    /** Raises the configuration version of another space, and seldom of the one in use, to what its states have. */
    private void fence() {
        long space = random.nextInt(4) == 0 ? Samples.SPACE : 99;
        long version = 1L + random.nextInt(5);
        await(model.fence(space, version, false));
        await(drive.fence(space, version, false));
    }

    /** Fills most of a segment with what is not needed afterwards. */
    private void fill() {
        for (int i = 0; i < 6; i++) {
            DataId id = newData();
            await(drive.stage(id, 0, ByteBuffer.allocate(DriveEngine.RECORD_BYTES_MAX / 2)));
            drive.discard(id);
        }
    }

    private void compact() throws IOException {
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            drive.compactOldest();
        }
    }

    private void flush() {
        await(drive.fence(99, 0, false));
    }

    private void crash() throws IOException {
        flush();
        DriveDirectory copy = directory.crash(root.resolve("copy" + copies++));
        drive.close();
        deleteTree(directory.path());
        directory = copy;
        open();
    }

    private void reopen() throws IOException {
        drive.close();
        open();
    }

    private void open() throws IOException {
        drive = directory.open();
        model.restart();
        learnFloor();
    }

    private void withoutDrive(Change change) throws IOException {
        flush();
        drive.close();
        change.make();
        open();
    }

    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }

    private Path index() {
        return directory.path().resolve(DriveRecovery.INDEX);
    }

    private void damageIndex() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(index())) {
            files = all.filter(file -> !file.getFileName().toString().equals("LOCK"))
                    .sorted()
                    .toList();
        }
        Path victim = files.get(random.nextInt(files.size()));
        long size = Files.size(victim);
        if (size > 0) {
            try (FileChannel channel = FileChannel.open(victim, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                long at = (random.nextLong() >>> 1) % size;
                ByteBuffer one = ByteBuffer.allocate(1);
                channel.read(one, at);
                one.put(0, (byte) (one.get(0) ^ (1 << random.nextInt(8)))).rewind();
                channel.write(one, at);
            }
        }
    }

    private void keepIndex() throws IOException {
        oldIndex = root.resolve("index" + copies++);
        copyTree(index(), oldIndex);
    }

    private void putOldIndexBack() throws IOException {
        if (oldIndex != null) {
            deleteTree(index());
            copyTree(oldIndex, index());
        }
    }

    /** The bounds of drive and model differ: both floors are passed before ballots are compared again. */
    private void learnFloor() {
        Prepare low = new Prepare(Samples.key("probe"), new Ballot(1, 1));
        for (Drive one : List.of(model, drive)) {
            if (await(one.prepare(low)) instanceof Refused refused) {
                counter = Math.max(counter, refused.greatest().counter());
            }
        }
        // Above every ballot that anyBallot may repeat.
        counter += 10;
    }

    private void compare() throws IOException {
        Map<RegisterKey, Slot> expected = model.slots();
        for (int i = 0; i < KEYS; i++) {
            RegisterKey key = Samples.key("key" + i);
            expect(model.read(key), drive.read(key), key);
        }
        Map<RegisterKey, Slot> scanned = new HashMap<>();
        try (Drive.RowCursor cursor = drive.scan(Samples.SPACE, Bytes.EMPTY)) {
            while (cursor.next()) {
                scanned.put(new RegisterKey(Samples.SPACE, cursor.key()), cursor.slot());
            }
        }
        expect(expected, scanned, "scan");
        expect(
                new HashSet<>(model.unsettled(Duration.ZERO)),
                new HashSet<>(drive.unsettled(Duration.ZERO)),
                "unsettled");
        for (Map.Entry<RegisterKey, Slot> slot : expected.entrySet()) {
            for (Row row : slot.getValue().rows()) {
                compareBytes(slot.getKey(), row.state().content());
            }
        }
    }

    private void compareBytes(RegisterKey key, Content content) throws IOException {
        if (content instanceof Content.Whole whole) {
            expect(written.get(whole.id()), drive.readWhole(key, whole.id()), whole.id());
        } else if (content instanceof Content.Sharded sharded) {
            Bytes shard = Objects.requireNonNull(written.get(sharded.id()));
            try (Drive.ShardReader reader = drive.open(key, sharded.id(), 0)) {
                expect(shard, Samples.read(reader, 0, shard.length()), sharded.id());
            }
        }
    }

    private static void expect(@Nullable Object model, @Nullable Object real, Object about) {
        if (!Objects.equals(model, real)) {
            throw new AssertionError(about + ": the model says " + model + "\nand the drive " + real);
        }
    }

    static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path file : tree.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> tree = Files.walk(root)) {
                for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
