package io.azekura.persistence.object;

import io.azekura.persistence.Check;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import java.util.HexFormat;

/**
 * Names one version of a key, for ever and in all clusters. Order: the newest first, which is the order of its sixteen
 * bytes (the version time inverted, then {@code tail}), so that an ordered walk meets the newest version first.
 *
 * @param timeMicros the version time in microseconds since the epoch, unique among the versions of one key at one site
 * @param tail tells apart versions that two sites made at the same time
 */
public record VersionId(long timeMicros, long tail) implements Comparable<VersionId> {
    /** Length in keys and formats. */
    public static final int BYTES = 16;

    public VersionId {
        Check.argument(timeMicros >= 0, "a version time before the epoch");
    }

    public Bytes bytes() {
        ByteWriter writer = new ByteWriter(BYTES);
        writer.i64(~timeMicros).i64(tail);
        return Bytes.wrap(writer.toByteArray());
    }

    @Override
    public int compareTo(VersionId other) {
        int byTime = Long.compare(other.timeMicros, timeMicros);
        return byTime != 0 ? byTime : Long.compareUnsigned(tail, other.tail);
    }

    /** Thirty-two hexadecimal digits, in the same order. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(~timeMicros) + HexFormat.of().toHexDigits(tail);
    }
}
