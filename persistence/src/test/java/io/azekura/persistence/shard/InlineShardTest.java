package io.azekura.persistence.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.model.DataId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class InlineShardTest {
    private static final DataId ID = new DataId(-1, 77);
    private static final AlignedBufferPool POOL = new AlignedBufferPool(1 << 20);

    @Test
    void bytesAreThoseOfVersionOne() throws Exception {
        Golden.assertSame("inline-shard-v1.bin", encode(ShardFilesTest.data(100, 1)));
    }

    @Property(tries = 200)
    void everyRangeComesBack(
            @ForAll @IntRange(max = 140_000) int length, @ForAll int from, @ForAll int to, @ForAll long seed)
            throws IOException {
        byte[] data = ShardFilesTest.data(length, seed);
        int a = Math.floorMod(from, length + 1);
        int b = Math.floorMod(to, length + 1);
        byte[] range = Arrays.copyOfRange(data, Math.min(a, b), Math.max(a, b));
        assertArrayEquals(range, read(encode(data), Math.min(a, b), range.length));
    }

    @Property(tries = 1000)
    void lengthFollowsFromThatOfTheBlocks(@ForAll @IntRange(max = 1_000_000) int length) {
        assertEquals(length, BlockFormat.decodedLength(InlineShard.encodedLength(length)));
    }

    @Test
    void everyFlippedBitIsDetected() {
        byte[] sound = encode(ShardFilesTest.data(300, 1));
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThrows(CorruptException.class, () -> read(damaged, 0, 300), "bit " + bit);
        }
    }

    @Test
    void everyTruncationIsDetected() {
        byte[] sound = encode(ShardFilesTest.data(300, 1));
        for (int length = 0; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThrows(CorruptException.class, () -> read(cut, 0, 300), "length " + length);
        }
    }

    @Test
    void encodingLeavesTheBytesToOthersToo() {
        ByteBuffer data =
                ByteBuffer.wrap(ShardFilesTest.data(40_000, 1)).position(10).limit(39_000);
        ByteBuffer encoded = InlineShard.encode(ID, 2, data);
        assertEquals(10, data.position());
        assertEquals(39_000, data.limit());
        assertEquals(InlineShard.encodedLength(38_990), encoded.remaining());
    }

    private static byte[] encode(byte[] data) {
        return InlineShard.encode(ID, 2, ByteBuffer.wrap(data)).array();
    }

    private static byte[] read(byte[] encoded, long offset, int length) throws IOException {
        BlockSource source = new BlockSource() {
            @Override
            public void read(long at, ByteBuffer target) {
                target.put(encoded, (int) at, target.remaining());
            }

            @Override
            public String name() {
                return "log";
            }

            @Override
            public void close() {}
        };
        try (Drive.ShardReader reader = InlineShard.open(source, encoded.length, ID, 2, POOL)) {
            ByteBuffer target = ByteBuffer.allocate(length);
            reader.read(offset, target);
            return target.array();
        }
    }
}
