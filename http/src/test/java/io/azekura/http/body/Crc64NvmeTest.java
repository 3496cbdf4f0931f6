package io.azekura.http.body;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.azekura.http.sigv4.ClientSigner;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class Crc64NvmeTest {
    /** The check value that catalogues of cyclic redundancy checks give for these nine digits. */
    @Example
    void nineDigitsHaveThePublishedValue() {
        assertEquals(0xAE8B14860A799888L, crc(ClientSigner.bytes("123456789")));
    }

    @Property(tries = 300)
    void manyBytesAtOnceAreLikeOneByOneAndBitByBit(
            @ForAll @Size(max = 200) byte[] data, @ForAll @IntRange(max = 40) int first) {
        int cut = Math.min(first, data.length);
        Crc64Nvme pieces = new Crc64Nvme();
        pieces.update(data, 0, cut);
        pieces.update(data, cut, data.length - cut);
        Crc64Nvme single = new Crc64Nvme();
        for (byte b : data) {
            single.update(b);
        }
        assertEquals(bitByBit(data), pieces.getValue());
        assertEquals(bitByBit(data), single.getValue());
        pieces.reset();
        assertEquals(0, pieces.getValue());
    }

    private static long crc(byte[] data) {
        Crc64Nvme crc = new Crc64Nvme();
        crc.update(data, 0, data.length);
        return crc.getValue();
    }

    private static long bitByBit(byte[] data) {
        long state = ~0L;
        for (byte b : data) {
            state ^= b & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                state = (state >>> 1) ^ ((state & 1) * 0x9A6C9329AC4BC9B5L);
            }
        }
        return ~state;
    }
}
