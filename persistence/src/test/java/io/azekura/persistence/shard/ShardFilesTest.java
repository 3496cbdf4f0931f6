package io.azekura.persistence.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.model.DataId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardFilesTest {
    private static final DataId ID = new DataId(0x0123456789ABCDEFL, 0x2A7L);
    private static final int SHARD = 3;

    /** Longer than the largest buffer, and not a multiple of anything. */
    private static final int LONG = 3 * AlignedBufferPool.BYTES_MAX + 70_001;

    @TempDir
    static Path root;

    private final AlignedBufferPool pool = new AlignedBufferPool(4L << 20);
    private ShardFiles files;

    @BeforeEach
    void removeFiles() throws IOException {
        files = ShardFiles.open(root, pool);
        files.forEach(files::delete);
    }

    @Test
    void bytesAreThoseOfVersionOne() throws Exception {
        write(ID, SHARD, data(40_000, 1));
        // Only a digest of the file: the header is golden itself, the blocks are random numbers.
        byte[] file = Files.readAllBytes(files.file(ID, SHARD));
        CRC32C crc = new CRC32C();
        crc.update(file);
        byte[] golden = Arrays.copyOf(file, 64 + Integer.BYTES);
        ByteBuffer.wrap(golden).putInt(64, (int) crc.getValue());
        assertEquals(45_056, file.length);
        Golden.assertSame("shard-file-v1.bin", golden);
        assertEquals(
                "a7/0123456789abcdef00000000000002a7-3",
                root.relativize(files.file(ID, SHARD)).toString());
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 4092, 16_383, 16_384, 16_385, 32_768, 262_144, 1_048_576 - 4096, 1_048_576, 1_048_577, LONG})
    void everyLengthComesBack(int length) throws Exception {
        byte[] data = data(length, length);
        for (boolean direct : new boolean[] {true, false}) {
            DataId id = new DataId(direct ? 1 : 2, length);
            Path directory = files.file(id, 0).resolveSibling("");
            writeInPieces(
                    new ShardFileWriter(directory, id + "-0", id, 0, length + 1L, direct, pool), data, new Random(1));
            try (Drive.ShardReader reader = files.open(id, 0)) {
                assertArrayEquals(data, read(reader, 0, length));
            }
        }
    }

    @Test
    void randomRangesAgreeWithTheBytes() throws Exception {
        byte[] data = data(LONG, 5);
        write(ID, SHARD, data);
        Random random = new Random(6);
        try (Drive.ShardReader reader = files.open(ID, SHARD)) {
            for (int i = 0; i < 300; i++) {
                int from = random.nextInt(LONG);
                int length = random.nextInt(1 + Math.min(LONG - from, 1 << (4 + random.nextInt(18))));
                assertArrayEquals(Arrays.copyOfRange(data, from, from + length), read(reader, from, length));
            }
        }
    }

    @Test
    void everyFlippedBitIsDetectedUnlessItIsInThePadding() throws Exception {
        byte[] data = data(300, 7);
        write(ID, SHARD, data);
        Path file = files.file(ID, SHARD);
        byte[] sound = Files.readAllBytes(file);
        int paddingAt = ShardHeaderFormat.BYTES + BlockFormat.CHECKSUM_BYTES + data.length;
        for (int bit = 0; bit < ShardHeaderFormat.BYTES * 8; bit++) {
            ByteBuffer header = ByteBuffer.wrap(Arrays.copyOf(sound, ShardHeaderFormat.BYTES));
            header.put(bit / 8, (byte) (header.get(bit / 8) ^ (1 << (bit % 8))));
            assertThrows(CorruptException.class, () -> ShardHeaderFormat.read(ID, SHARD, header, "file"), "bit " + bit);
        }
        for (int bit = ShardHeaderFormat.BYTES * 8 - 8; bit < (paddingAt + 8) * 8; bit++) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(file, damaged);
            if (bit / 8 < paddingAt) {
                assertThrows(CorruptException.class, () -> readAll(data.length), "bit " + bit);
            } else {
                assertArrayEquals(data, readAll(data.length));
            }
        }
    }

    @Test
    void damageOutsideTheReadBlocksIsNoHindrance() throws Exception {
        byte[] data = data(5 * BlockFormat.DATA_BYTES, 8);
        write(ID, SHARD, data);
        flip(files.file(ID, SHARD), ShardHeaderFormat.BYTES + 2 * BlockFormat.BLOCK_BYTES + 100);
        try (Drive.ShardReader reader = files.open(ID, SHARD)) {
            assertArrayEquals(
                    Arrays.copyOf(data, 2 * BlockFormat.DATA_BYTES), read(reader, 0, 2 * BlockFormat.DATA_BYTES));
            CorruptException e =
                    assertThrows(CorruptException.class, () -> read(reader, 2L * BlockFormat.DATA_BYTES + 9, 1));
            String place =
                    files.file(ID, SHARD) + " at byte " + (ShardHeaderFormat.BYTES + 2 * BlockFormat.BLOCK_BYTES);
            assertTrue(String.valueOf(e.getMessage()).startsWith(place), e.getMessage());
            assertArrayEquals(
                    Arrays.copyOfRange(data, 3 * BlockFormat.DATA_BYTES, data.length),
                    read(reader, 3L * BlockFormat.DATA_BYTES, 2 * BlockFormat.DATA_BYTES));
        }
    }

    @Test
    void swappedFilesAreDetected() throws Exception {
        DataId other = new DataId(ID.process(), ID.sequence() + 256);
        write(ID, SHARD, data(5000, 1));
        write(ID, SHARD + 1, data(5000, 2));
        write(other, SHARD, data(5000, 3));
        Files.copy(files.file(ID, SHARD + 1), files.file(ID, SHARD), StandardCopyOption.REPLACE_EXISTING);
        assertThrows(CorruptException.class, () -> files.open(ID, SHARD));
        Files.copy(files.file(other, SHARD), files.file(ID, SHARD), StandardCopyOption.REPLACE_EXISTING);
        assertThrows(CorruptException.class, () -> files.open(ID, SHARD));
    }

    @Test
    void blocksOfAnotherPlaceOrAnotherShardAreDetected() throws Exception {
        byte[] data = new byte[3 * BlockFormat.DATA_BYTES];
        write(ID, SHARD, data);
        write(ID, SHARD + 1, data);
        byte[] mine = Files.readAllBytes(files.file(ID, SHARD));
        byte[] others = Files.readAllBytes(files.file(ID, SHARD + 1));
        int first = ShardHeaderFormat.BYTES;
        byte[] swapped = mine.clone();
        System.arraycopy(mine, first + BlockFormat.BLOCK_BYTES, swapped, first, BlockFormat.BLOCK_BYTES);
        Files.write(files.file(ID, SHARD), swapped);
        assertThrows(CorruptException.class, () -> readAll(1));
        byte[] mixed = mine.clone();
        System.arraycopy(others, first, mixed, first, BlockFormat.BLOCK_BYTES);
        Files.write(files.file(ID, SHARD), mixed);
        assertThrows(CorruptException.class, () -> readAll(1));
    }

    @Test
    void everyTruncationIsDetected() throws Exception {
        write(ID, SHARD, data(20_000, 9));
        byte[] sound = Files.readAllBytes(files.file(ID, SHARD));
        int meaningful = ShardHeaderFormat.BYTES + (int) BlockFormat.encodedLength(20_000);
        for (int length : new int[] {0, 1, 4095, 4096, 4097, 20_480, 20_484, meaningful - 1}) {
            Files.write(files.file(ID, SHARD), Arrays.copyOf(sound, length));
            assertThrows(CorruptException.class, () -> files.open(ID, SHARD), "length " + length);
        }
        Files.write(files.file(ID, SHARD), Arrays.copyOf(sound, meaningful));
        assertArrayEquals(data(20_000, 9), readAll(20_000));
    }

    @Test
    void readBeyondTheEndIsRefused() throws Exception {
        write(ID, SHARD, data(100, 1));
        assertThrows(CorruptException.class, () -> readAll(101));
        try (Drive.ShardReader reader = files.open(ID, SHARD)) {
            assertThrows(CorruptException.class, () -> read(reader, 100, 1));
            assertThrows(CorruptException.class, () -> read(reader, -1, 1));
            assertThrows(CorruptException.class, () -> read(reader, Long.MAX_VALUE, 1));
            assertEquals(0, read(reader, 100, 0).length);
        }
    }

    @Test
    void unfinishedFileIsNoShard() throws Exception {
        for (int length : new int[] {10, LONG}) {
            Drive.ShardWriter writer = files.create(ID, SHARD, LONG);
            writer.append(ByteBuffer.wrap(data(length, 1)));
            assertThrows(CorruptException.class, () -> files.open(ID, SHARD));
            writer.abort();
            assertThrows(NoSuchFileException.class, () -> files.open(ID, SHARD));
            assertThrows(IOException.class, () -> writer.append(ByteBuffer.allocate(1)));
            assertThrows(IOException.class, writer::finish);
            writer.abort();
        }
    }

    @Test
    void newerVersionIsNotTakenForDamage() throws Exception {
        write(ID, SHARD, data(10, 1));
        byte[] file = Files.readAllBytes(files.file(ID, SHARD));
        file[11] = ShardHeaderFormat.VERSION + 1;
        CRC32C crc = new CRC32C();
        crc.update(file, 0, 4092);
        ByteBuffer.wrap(file).putInt(4092, (int) crc.getValue());
        Files.write(files.file(ID, SHARD), file);
        assertThrows(FormatTooNewException.class, () -> files.open(ID, SHARD));
    }

    @Test
    void shardIsNeverWrittenTwice() throws Exception {
        write(ID, SHARD, data(10, 1));
        assertThrows(FileAlreadyExistsException.class, () -> files.create(ID, SHARD, 10));
        assertArrayEquals(data(10, 1), readAll(10));
    }

    @Test
    void shardLongerThanAnnouncedIsRefused() throws Exception {
        Drive.ShardWriter writer = files.create(ID, SHARD, 10);
        assertThrows(IllegalArgumentException.class, () -> writer.append(ByteBuffer.allocate(11)));
        writer.abort();
    }

    @Test
    void removedFileStaysReadableForWhoeverHasItOpen() throws Exception {
        write(ID, SHARD, data(1000, 1));
        try (Drive.ShardReader reader = files.open(ID, SHARD)) {
            assertTrue(files.delete(ID, SHARD));
            assertArrayEquals(data(1000, 1), read(reader, 0, 1000));
        }
        assertFalse(files.delete(ID, SHARD));
    }

    @Test
    void visitorSeesEveryFile() throws Exception {
        Set<String> expected = new HashSet<>();
        for (long sequence = -2; sequence < 300; sequence += 100) {
            DataId id = new DataId(-5, sequence);
            write(id, 31, data(10, 1));
            expected.add(id + "-31");
        }
        Files.createFile(root.resolve("00").resolve("something else"));
        Set<String> found = new HashSet<>();
        files.forEach((id, shard) -> found.add(id + "-" + shard));
        Files.delete(root.resolve("00").resolve("something else"));
        assertEquals(expected, found);
    }

    private void write(DataId id, int shard, byte[] data) throws IOException {
        writeInPieces(files.create(id, shard, data.length), data, new Random(data.length));
    }

    /** In pieces of all sizes, from the heap and from outside of it in turn. */
    private static void writeInPieces(Drive.ShardWriter writer, byte[] data, Random random) throws IOException {
        int at = 0;
        while (at < data.length) {
            int piece = Math.min(data.length - at, 1 + random.nextInt(1 << random.nextInt(19)));
            ByteBuffer bytes = random.nextBoolean() ? ByteBuffer.allocateDirect(piece) : ByteBuffer.allocate(piece);
            bytes.put(data, at, piece).flip();
            writer.append(bytes);
            assertFalse(bytes.hasRemaining());
            at += piece;
        }
        writer.finish();
    }

    private byte[] readAll(int length) throws IOException {
        try (Drive.ShardReader reader = files.open(ID, SHARD)) {
            return read(reader, 0, length);
        }
    }

    private static byte[] read(Drive.ShardReader reader, long offset, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        reader.read(offset, target);
        assertFalse(target.hasRemaining());
        return target.array();
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 4;
        Files.write(file, bytes);
    }

    static byte[] data(int length, long seed) {
        byte[] data = new byte[length];
        new Random(seed).nextBytes(data);
        return data;
    }
}
