package io.azekura.persistence.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.format.Golden;
import io.azekura.persistence.model.Bytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RowFormatTest {
    @Test
    void bytesAreThoseOfVersionOne() throws Exception {
        for (var sample : List.of(
                Map.entry("row-sharded-v1.bin", RowSamples.sharded(300)),
                Map.entry("row-whole-v1.bin", RowSamples.whole(1)),
                Map.entry("row-tombstone-v1.bin", RowSamples.tombstone(17)))) {
            Golden.assertSame(sample.getKey(), RowFormat.encode(sample.getValue()));
            assertEquals(sample.getValue(), RowFormat.decode(Golden.read(sample.getKey()), sample.getKey()));
        }
    }

    @Property(tries = 500)
    void everyRowComesBack(@ForAll("states") State state, @ForAll("ballots") Ballot ballot) throws Exception {
        Row row = new Row(ballot, state);
        assertEquals(row, RowFormat.decode(RowFormat.encode(row), "test"));
    }

    @Property(tries = 200)
    void encodingIsCanonical(@ForAll("states") State state) throws Exception {
        ByteWriter writer = new ByteWriter(0);
        StateFormat.write(state, writer);
        State again = StateFormat.read(new ByteReader(writer.toByteArray(), "test"));
        assertEquals(StateDigest.of(state), StateDigest.of(again));
    }

    @Test
    void everyFlippedBitOfTheStateIsRefused() {
        byte[] bytes = RowFormat.encode(RowSamples.sharded(1));
        int digestAt = 1 + 1 + Long.BYTES;
        for (int bit = digestAt * 8; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThrows(CorruptException.class, () -> RowFormat.decode(damaged, "test"), "bit " + bit);
        }
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] bytes = RowFormat.encode(RowSamples.tombstone(1));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThrows(IOException.class, () -> RowFormat.decode(cut, "test"), "length " + length);
        }
    }

    @Property(tries = 2000)
    void hostileStatesEndInCorruptExceptionOnly(@ForAll byte[] nonsense) {
        try {
            State state = StateFormat.read(new ByteReader(nonsense, "test"));
            assertTrue(state.applied().size() <= State.APPLIED_MAX);
        } catch (CorruptException expected) {
            assertTrue(String.valueOf(expected.getMessage()).startsWith("test at byte "));
        }
    }

    @Property(tries = 2000)
    void statesWithSomeBytesReplacedEndInCorruptExceptionOnly(
            @ForAll("states") State state, @ForAll int at, @ForAll byte replacement) {
        ByteWriter writer = new ByteWriter(0);
        StateFormat.write(state, writer);
        byte[] bytes = writer.toByteArray();
        bytes[Math.floorMod(at, bytes.length)] = replacement;
        try {
            State read = StateFormat.read(new ByteReader(bytes, "test"));
            assertTrue(read.applied().size() <= State.APPLIED_MAX);
        } catch (CorruptException expected) {
            assertTrue(String.valueOf(expected.getMessage()).startsWith("test at byte "));
        }
    }

    @Test
    void newerVersionIsNotTakenForDamage() {
        byte[] bytes = RowFormat.encode(RowSamples.whole(1));
        bytes[0] = RowFormat.VERSION + 1;
        assertThrows(FormatTooNewException.class, () -> RowFormat.decode(bytes, "test"));
    }

    @Test
    void digestIsOfTheStateAlone() {
        State state = RowSamples.sharded(1).state();
        State other = new State(
                state.kind(), Bytes.utf8("Value"), state.content(), state.applied(), state.layoutVersion(), 2);
        assertEquals(StateDigest.of(state), StateDigest.of(RowSamples.sharded(1).state()));
        assertNotEquals(StateDigest.of(state), StateDigest.of(other));
        assertEquals(32, StateDigest.of(state).toString().length());
    }

    @Provide
    Arbitrary<State> states() {
        return RowSamples.states();
    }

    @Provide
    Arbitrary<Ballot> ballots() {
        return RowSamples.ballots();
    }
}
