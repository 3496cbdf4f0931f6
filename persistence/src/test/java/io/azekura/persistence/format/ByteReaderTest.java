package io.azekura.persistence.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ByteReaderTest {
    @Property(tries = 500)
    void everyValueComesBack(
            @ForAll int i, @ForAll long l, @ForAll long v, @ForAll byte[] blob, @ForAll("text") String text)
            throws Exception {
        ByteWriter writer = new ByteWriter(0);
        writer.u8(i).i32(i).i64(l).varint(v).blob(blob).text(text);
        ByteReader reader = new ByteReader(writer.toByteArray(), "test");
        assertEquals(i & 0xFF, reader.u8());
        assertEquals(i, reader.i32());
        assertEquals(l, reader.i64());
        assertEquals(v, reader.varint());
        assertArrayEquals(blob, reader.blob());
        assertEquals(text, reader.text());
        reader.end();
    }

    @Provide
    Arbitrary<String> text() {
        // Lone surrogates are no text: they have no UTF-8.
        return Arbitraries.strings()
                .withCharRange('\0', '\uD7FF')
                .withChars('\uFFFD')
                .ofMaxLength(40);
    }

    @Test
    void lengthBeyondTheRecordIsRefusedBeforeAnythingIsAllocated() {
        byte[] hostile = new ByteWriter(16).varint(Integer.MAX_VALUE).u8(1).toByteArray();
        assertThrows(CorruptException.class, () -> new ByteReader(hostile, "test").blob());
        assertThrows(CorruptException.class, () -> new ByteReader(hostile, "test").text());
        byte[] negative = new ByteWriter(16).varint(-1).toByteArray();
        assertThrows(CorruptException.class, () -> new ByteReader(negative, "test").blob());
    }

    @Test
    void varintWithANeedlessByteIsRefused() {
        byte[] zeroInTwoBytes = {(byte) 0x80, 0};
        assertThrows(CorruptException.class, () -> new ByteReader(zeroInTwoBytes, "test").varint());
    }

    @Test
    void varintBeyondSixtyFourBitsIsRefused() {
        byte[] bytes = new byte[11];
        Arrays.fill(bytes, (byte) 0xFF);
        assertThrows(CorruptException.class, () -> new ByteReader(bytes, "test").varint());
        bytes[9] = 2;
        assertThrows(CorruptException.class, () -> new ByteReader(bytes, "test").varint());
    }

    @Test
    void textThatIsNotUtf8IsRefused() {
        byte[] lone = {2, 'a', (byte) 0xC3};
        assertThrows(CorruptException.class, () -> new ByteReader(lone, "test").text());
    }

    @Test
    void replacementCharacterWrittenOnPurposeIsText() throws Exception {
        byte[] text = "a\uFFFDb".getBytes(StandardCharsets.UTF_8);
        assertEquals("a\uFFFDb", new ByteReader(new ByteWriter(8).blob(text).toByteArray(), "test").text());
    }

    @Test
    void versionsOfTheFutureAndOfNeverAreToldApart() {
        assertThrows(FormatTooNewException.class, () -> new ByteReader(new byte[] {3}, "test").version(2));
        assertThrows(CorruptException.class, () -> new ByteReader(new byte[] {0}, "test").version(2));
    }

    @Test
    void errorNamesSourceAndOffset() {
        ByteReader reader = new ByteReader(new byte[] {9, 9, 1, 2, 3}, 2, 5, "the file");
        CorruptException e = assertThrows(CorruptException.class, reader::i32);
        assertEquals("the file at byte 0: expected 4 bytes, found 3 bytes", e.getMessage());
    }
}
