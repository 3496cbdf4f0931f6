package io.azekura.persistence.drive;

import static io.azekura.persistence.drive.Samples.data;
import static io.azekura.persistence.drive.Samples.key;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.azekura.persistence.drive.DamageVictim.Answer;
import io.azekura.persistence.drive.DamageVictim.WrongAnswer;
import io.azekura.persistence.index.IndexFiles;
import io.azekura.persistence.log.DriveLog;
import io.azekura.persistence.log.LogPoint;
import io.azekura.persistence.log.LogPosition;
import io.azekura.persistence.log.RecordVisitor;
import io.azekura.persistence.log.SegmentScrub;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.mount.UnmountedDrive;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.shard.ShardScrub;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Damages the files of a drive in every way a disk is known to, one at a time, and asks each time: is every answer right
 * or an error, and does the scrub see it? Undone in place, so that thousands cost little. One thread.
 */
final class DamageCampaign {
    private static final int BLOCK = 4096;
    private static final int SHARD_BLOCK = 4 + 16_384;
    private static final int SHARD_HEADER = 4096;
    private static final int[] RANGES = {512, 4_096, 16_384};

    private final DamageVictim victim;
    private final Random random;
    private final Map<String, Figures> figures = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();

    /** What became of one kind of damage. */
    static final class Figures {
        private long trials;
        private long right;
        private long errors;
        private long refused;
        private long detected;
        private long harmless;

        @Override
        public String toString() {
            return trials + " trials: answers all right " + right + ", some errors " + errors + ", not mounted "
                    + refused + "; seen by the scrub " + detected + ", without meaning " + harmless;
        }
    }

    /** Turns off the warnings that every single damage causes, and more than anything else slows a campaign down. */
    static void silence() {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    }

    DamageCampaign(DamageVictim victim, long seed) {
        this.victim = victim;
        this.random = new Random(seed);
    }

    Map<String, Figures> figures() {
        return figures;
    }

    List<String> failures() {
        return failures;
    }

    private Figures of(String kind) {
        return figures.computeIfAbsent(kind, unused -> new Figures());
    }

    private void fail(String what) {
        failures.add(what);
    }

    // Every bit of one object.

    /** Flips every so many bits of a shard file and of a row with its body in the log, while the drive is open. */
    void everyBit(int stride) throws IOException {
        try (DriveEngine drive = victim.open()) {
            flipShardFile(drive, stride);
            for (long[] record : recordsOf(Bytes.utf8("whole"), Bytes.utf8("large"), Bytes.utf8("small"))) {
                flipRecord(drive, record, stride);
            }
        }
        victim.restore();
    }

    private void flipShardFile(DriveEngine drive, int stride) throws IOException {
        Path file = victim.shardFile(1_020);
        Figures counts = of("every bit of a shard file, in use");
        long bits = Files.size(file) * Byte.SIZE;
        for (long bit = random.nextInt(stride); bit < bits; bit += stride) {
            Patch patch = flip(file, bit);
            int[] seen = {0};
            patch.apply();
            new ShardScrub(DamageVictim.POOL, shardVisitor(seen)).verify(file, data(1_020), 0);
            judge(drive, key("large"), counts, seen[0] > 0, patch);
            patch.undo();
        }
    }

    private static ShardScrub.Visitor shardVisitor(int[] seen) {
        return new ShardScrub.Visitor() {
            @Override
            public void onBytes(long bytes) {}

            @Override
            public void onDamage(Path file, long offset, String what) {
                seen[0]++;
            }

            @Override
            public void onWaste(Path file, long offset, String what) {
                seen[0]++;
            }
        };
    }

    /** Segment, offset of the batch, its end and its sequence, offset of the record and its length. */
    private List<long[]> recordsOf(Bytes... names) throws IOException {
        List<long[]> records = new ArrayList<>();
        List<Bytes> wanted = List.of(names);
        LogWalk walk = new LogWalk() {
            private final List<long[]> waiting = new ArrayList<>();
            private SegmentScrub.Place begin = new SegmentScrub.Place(0, BLOCK, 1);

            @Override
            public void onRecord(byte type, ByteBuffer payload, LogPosition position) {
                try {
                    RegisterKey key = LogRecordFormat.keyOf(type, payload);
                    if (key != null && wanted.contains(key.key())) {
                        waiting.add(
                                new long[] {position.segment(), 0, 0, 0, position.offset() - 12, position.length() + 12
                                });
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void onPlace(SegmentScrub.Place place) {
                for (long[] record : waiting) {
                    record[1] = begin.offset();
                    record[2] = place.offset();
                    record[3] = begin.sequence();
                }
                records.addAll(waiting);
                waiting.clear();
                begin = place.offset() == 0 ? new SegmentScrub.Place(place.segment(), BLOCK, place.sequence()) : place;
            }
        };
        LogPoint end = endOfLog();
        new SegmentScrub(victim.directory.resolve("log"), victim.id.value(), DamageVictim.POOL, walk)
                .verify(() -> 0, SegmentScrub.Place.START, end);
        return records;
    }

    private LogPoint endOfLog() throws IOException {
        return DriveLog.inspect(victim.directory.resolve("log"), victim.id.value(), new LogWalk());
    }

    private void flipRecord(DriveEngine drive, long[] record, int stride) throws IOException {
        Path file = victim.segment(record[0]);
        Figures counts = of("every bit of the rows of objects in the log, in use");
        long first = record[4] * Byte.SIZE;
        for (long bit = first + random.nextInt(stride); bit < first + record[5] * Byte.SIZE; bit += stride) {
            Patch patch = flip(file, bit);
            patch.apply();
            LogWalk walk = new LogWalk();
            SegmentScrub.Place from = new SegmentScrub.Place(record[0], record[1], record[3]);
            new SegmentScrub(victim.directory.resolve("log"), victim.id.value(), DamageVictim.POOL, walk)
                    .verify(() -> 0, from, new LogPoint(record[0], record[2], record[3] + 1));
            boolean isSeen = walk.found > 0;
            judge(drive, key("whole"), counts, isSeen, patch);
            judgeQuietly(drive, key("large"), patch);
            judgeQuietly(drive, key("small"), patch);
            patch.undo();
        }
    }

    private void judge(DriveEngine drive, RegisterKey key, Figures counts, boolean isSeen, Patch patch) {
        counts.trials++;
        try {
            count(counts, victim.ask(drive, key));
        } catch (WrongAnswer e) {
            fail(patch + ": " + e.getMessage());
        }
        if (isSeen) {
            counts.detected++;
        } else {
            fail(patch + ": not seen");
        }
    }

    private void judgeQuietly(DriveEngine drive, RegisterKey key, Patch patch) {
        try {
            victim.ask(drive, key);
        } catch (WrongAnswer e) {
            fail(patch + ": " + e.getMessage());
        }
    }

    private static void count(Figures counts, Answer answer) {
        if (answer == Answer.RIGHT) {
            counts.right++;
        } else {
            counts.errors++;
        }
    }

    // Samples of everything, while the drive is open.

    /** So many damages of log and shard files under an open drive, each seen by a whole scrub. */
    void inUse(int trials) throws IOException {
        try (DriveEngine drive = victim.open()) {
            LogPoint end = endOfLog();
            for (int i = 0; i < trials; i++) {
                Trial trial = sampleInUse(end);
                if (trial != null) {
                    tryInUse(drive, trial);
                }
            }
        }
        victim.restore();
    }

    /** A damage and what it is called. */
    private record Trial(String kind, List<Patch> patches) {}

    private @Nullable Trial sampleInUse(LogPoint end) throws IOException {
        List<Path> segments = new ArrayList<>();
        for (long number = 0; number <= end.segment(); number++) {
            segments.add(victim.segment(number));
        }
        List<Path> shards = List.of(
                victim.shardFile(1_020), victim.shardFile(1_011), victim.shardFile(1_021), victim.shardFile(1_031));
        boolean isShard = random.nextInt(3) == 0;
        Path file = pick(isShard ? shards : segments);
        long length = file.equals(victim.segment(end.segment())) ? end.offset() : Files.size(file);
        String type = isShard ? "shard file" : "log segment";
        int kind = random.nextInt(20);
        if (kind < 14) {
            return new Trial("flip in a " + type + ", in use", List.of(flip(file, random.nextLong(length * 8))));
        } else if (kind < 16) {
            return new Trial("zeroed range of a " + type + ", in use", List.of(zeroed(file, length)));
        } else if (kind == 16) {
            return swappedBlocks();
        } else if (kind == 17) {
            return old(file, length, type);
        } else if (kind == 18) {
            return new Trial("truncated " + type + ", in use", List.of(new Patch(file, random.nextLong(length), null)));
        }
        return new Trial("old shard file put back, in use", oldShard());
    }

    private Patch zeroed(Path file, long length) {
        int range = RANGES[random.nextInt(RANGES.length)];
        long at = random.nextLong((length + range - 1) / range) * range;
        return new Patch(file, at, new byte[(int) Math.min(range, length - at)]);
    }

    /** Two blocks of one shard file, or of two of the same length, in each other's place; or the files themselves. */
    private Trial swappedBlocks() throws IOException {
        Path first = victim.shardFile(1_011);
        Path second = random.nextBoolean() ? first : victim.shardFile(1_021);
        byte[] one = Files.readAllBytes(first);
        byte[] other = Files.readAllBytes(second);
        if (!first.equals(second) && random.nextInt(4) == 0) {
            return new Trial(
                    "swapped shard files, in use", List.of(new Patch(first, 0, other), new Patch(second, 0, one)));
        }
        int a = random.nextInt(10);
        int b = first.equals(second) ? (a + 1 + random.nextInt(9)) % 10 : random.nextInt(10);
        int from = SHARD_HEADER + a * SHARD_BLOCK;
        int to = SHARD_HEADER + b * SHARD_BLOCK;
        return new Trial(
                "swapped blocks of shards, in use",
                List.of(
                        new Patch(first, from, Arrays.copyOfRange(other, to, to + SHARD_BLOCK)),
                        new Patch(second, to, Arrays.copyOfRange(one, from, from + SHARD_BLOCK))));
    }

    /** What a lost or misdirected write leaves: what was there before, or what belongs elsewhere. */
    private Trial old(Path file, long length, String type) {
        byte[] before = Objects.requireNonNull(
                pick(victim.earlier).getOrDefault(file, victim.files.get(pick(List.copyOf(victim.files.keySet())))));
        int range = RANGES[random.nextInt(RANGES.length)];
        long at = random.nextLong((length + range - 1) / range) * range;
        int count = (int) Math.min(range, length - at);
        byte[] bytes = at + count <= before.length
                ? Arrays.copyOfRange(before, (int) at, (int) at + count)
                : Arrays.copyOf(Arrays.copyOf(before, Math.max(1, before.length)), count);
        return new Trial("old blocks put back in a " + type + ", in use", List.of(new Patch(file, at, bytes)));
    }

    /** The shard file of the same object's earlier version, under the present one's name. */
    private List<Patch> oldShard() {
        byte[] before = victim.earlier.get(0).get(victim.shardFile(1_001));
        return List.of(new Patch(victim.shardFile(1_011), 0, before));
    }

    private void tryInUse(DriveEngine drive, Trial trial) throws IOException {
        for (Patch patch : trial.patches) {
            patch.apply();
        }
        boolean isChange = false;
        for (Patch patch : trial.patches) {
            isChange |= patch.isChange();
        }
        if (isChange) {
            Figures counts = of(trial.kind);
            counts.trials++;
            try {
                count(counts, victim.ask(drive));
            } catch (WrongAnswer e) {
                fail(trial + ": " + e.getMessage());
            }
            if (drive.scrub().isClean()) {
                fail(trial + ": not seen");
            } else {
                counts.detected++;
            }
        }
        for (int i = trial.patches.size() - 1; i >= 0; i--) {
            trial.patches.get(i).undo();
        }
    }

    // Damage while nobody has the drive open.

    /** So many damages of files of every type before the drive is verified and opened. */
    void atRest(int trials) throws IOException {
        for (int i = 0; i < trials; i++) {
            tryAtRest(sampleAtRest());
        }
        oldIndexes();
    }

    private static String typeOf(Path file) {
        String name = String.valueOf(file.getFileName());
        if (name.startsWith("segment-")) {
            return "log segment";
        } else if (name.endsWith(".sst")) {
            return "index table";
        } else if (name.startsWith("MANIFEST") || name.equals("CURRENT")) {
            return "index " + (name.equals("CURRENT") ? name : "MANIFEST");
        } else if (name.startsWith("azekura.drive")) {
            return "superblock";
        } else if (file.toString().contains("/shards/")) {
            return "shard file";
        }
        return "file without meaning";
    }

    private Trial sampleAtRest() throws IOException {
        List<Path> tables = new ArrayList<>();
        List<Path> others = new ArrayList<>();
        for (Path file : victim.files.keySet()) {
            if (bytesOf(file).length > 0) {
                (typeOf(file).equals("index table") ? tables : others).add(file);
            }
        }
        Path file = pick(random.nextInt(2) == 0 ? tables : others);
        byte[] bytes = bytesOf(file);
        String type = typeOf(file);
        int kind = random.nextInt(20);
        if (kind < 15) {
            return new Trial(
                    "flip in a " + type + ", at rest", List.of(flip(file, random.nextLong(bytes.length * 8L))));
        } else if (kind < 17) {
            return new Trial("zeroed range of a " + type + ", at rest", List.of(zeroed(file, bytes.length)));
        } else if (kind == 17) {
            return new Trial(
                    "truncated " + type + ", at rest", List.of(new Patch(file, random.nextInt(bytes.length), null)));
        } else if (kind == 18) {
            Path other = pick(type.equals("index table") ? tables : others);
            return new Trial(
                    "swapped " + type + ", at rest",
                    List.of(
                            new Patch(file, 0, bytesOf(other)),
                            new Patch(other, 0, bytes),
                            new Patch(file, bytesOf(other).length, null),
                            new Patch(other, bytes.length, null)));
        }
        Trial old = old(file, bytes.length, type);
        return new Trial(old.kind.replace("in use", "at rest"), old.patches);
    }

    private byte[] bytesOf(Path file) {
        return Objects.requireNonNull(victim.files.get(file));
    }

    private void tryAtRest(Trial trial) throws IOException {
        for (Patch patch : trial.patches) {
            patch.apply();
        }
        judgeAtRest(trial.kind, trial.toString());
    }

    private void judgeAtRest(String kind, String what) throws IOException {
        if (isUnchanged()) {
            return;
        }
        Figures counts = of(kind);
        counts.trials++;
        boolean isSeen = isSeenAtRest();
        if (isSeen) {
            counts.detected++;
        } else if (kind.contains("without meaning")) {
            counts.harmless++;
        } else {
            fail(what + ": not seen");
        }
        try (DriveEngine drive = victim.open()) {
            count(counts, victim.ask(drive));
        } catch (IOException refused) {
            counts.refused++;
        } catch (WrongAnswer e) {
            fail(what + ": " + e.getMessage());
        }
        victim.restore();
    }

    private boolean isUnchanged() throws IOException {
        for (Map.Entry<Path, byte[]> image : victim.files.entrySet()) {
            Path file = image.getKey();
            if (Files.size(file) != image.getValue().length
                    || !Arrays.equals(Files.readAllBytes(file), image.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** Cheap looks first: the whole verification opens copies of the index. */
    private boolean isSeenAtRest() throws IOException {
        int[] seen = {0};
        new IndexFiles(victim.directory.resolve("index"), DamageVictim.POOL, new IndexFiles.Visitor() {
                    @Override
                    public void onBytes(long bytes) {}

                    @Override
                    public void onDamage(Path file, long offset, String what) {
                        seen[0]++;
                    }
                })
                .verify();
        if (seen[0] > 0) {
            return true;
        }
        try (UnmountedDrive drive = UnmountedDrive.open(victim.directory, DamageVictim.SETTINGS)) {
            if (!drive.superblock().equals(victim.superblock)) {
                fail("another superblock");
            }
            return !drive.verify(victim.scratch).isClean();
        } catch (IOException unreadable) {
            return true;
        }
    }

    /** An index as it was earlier, with the present log, is caught up; a log as it was earlier is refused. */
    private void oldIndexes() throws IOException {
        for (Map<Path, byte[]> before : victim.earlier) {
            replaceAll(before, "/index/");
            of("old index put back, at rest").trials++;
            try (DriveEngine drive = victim.open()) {
                count(of("old index put back, at rest"), victim.ask(drive));
            } catch (WrongAnswer e) {
                fail("old index: " + e.getMessage());
            }
            victim.restore();
            replaceAll(before, "/log/");
            judgeAtRest("old log put back, at rest", "old log");
        }
    }

    private void replaceAll(Map<Path, byte[]> before, String part) throws IOException {
        for (Path file : victim.files.keySet()) {
            if (file.toString().contains(part)) {
                Files.delete(file);
            }
        }
        for (Map.Entry<Path, byte[]> image : before.entrySet()) {
            if (image.getKey().toString().contains(part)) {
                Files.write(image.getKey(), image.getValue());
            }
        }
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static Patch flip(Path file, long bit) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, bit / Byte.SIZE);
            return new Patch(file, bit / Byte.SIZE, new byte[] {(byte) (one.get(0) ^ (1 << (int) (bit % Byte.SIZE)))});
        }
    }

    /** Bytes that are put into a file, or the end of the file when there are none. */
    private static final class Patch {
        private final Path file;
        private final long offset;
        private final byte @Nullable [] bytes;
        private byte[] before = new byte[0];
        private boolean isChange;

        Patch(Path file, long offset, byte @Nullable [] bytes) {
            this.file = file;
            this.offset = offset;
            this.bytes = bytes;
        }

        void apply() throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                long rest = Math.max(0, channel.size() - offset);
                ByteBuffer old = ByteBuffer.allocate((int) (bytes == null ? rest : Math.min(rest, bytes.length)));
                channel.read(old, offset);
                before = old.array();
                if (bytes == null) {
                    isChange = rest > 0;
                    channel.truncate(offset);
                } else {
                    isChange = !Arrays.equals(before, bytes);
                    channel.write(ByteBuffer.wrap(bytes), offset);
                }
            }
        }

        boolean isChange() {
            return isChange;
        }

        void undo() throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(before), offset);
                if (bytes != null && bytes.length > before.length) {
                    channel.truncate(offset + before.length);
                }
            }
        }

        @Override
        public String toString() {
            return (bytes == null ? "cut off " : bytes.length + " bytes of ") + file.getFileName() + " at " + offset;
        }
    }

    /** Counts what is wrong and looks at nothing else. */
    private static class LogWalk implements SegmentScrub.Visitor, RecordVisitor {
        int found;

        @Override
        public void onBytes(long bytes) {}

        @Override
        public void onRecord(byte type, ByteBuffer payload, LogPosition position) {}

        @Override
        public void onBatchEnd(LogPoint end) {}

        @Override
        public void onDamagedRecord(byte type, ByteBuffer payload, LogPosition position) {
            found++;
        }

        @Override
        public void onDamage(Path file, long offset, String what) {
            found++;
        }

        @Override
        public void onWaste(Path file, long offset, String what) {
            found++;
        }

        @Override
        public void onPlace(SegmentScrub.Place place) {}
    }
}
