package io.azekura.persistence.register;

import io.azekura.persistence.format.ByteWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The first sixteen bytes of SHA-256 over the canonical encoding of a state ({@link StateFormat}): equal on all drives
 * for equal states, whoever wrote them, so that two drives compare rows without sending them.
 */
public record StateDigest(long high, long low) {
    /** Length in the formats that store it. */
    public static final int BYTES = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    public static StateDigest of(State state) {
        ByteWriter writer = new ByteWriter(256);
        StateFormat.write(state, writer);
        return ofEncoded(writer.array(), 0, writer.size());
    }

    /** Of an older version's record. */
    public static StateDigest of(VersionEdit.Add version) {
        ByteWriter writer = new ByteWriter(256);
        StateFormat.write(version, writer);
        return ofEncoded(writer.array(), 0, writer.size());
    }

    static StateDigest ofEncoded(byte[] array, int from, int to) {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        sha256.update(array, from, to - from);
        byte[] hash = sha256.digest();
        return new StateDigest((long) LONG.get(hash, 0), (long) LONG.get(hash, Long.BYTES));
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
