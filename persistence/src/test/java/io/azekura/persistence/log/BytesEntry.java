package io.azekura.persistence.log;

import java.nio.ByteBuffer;
import java.util.Random;

/** A log entry of given bytes; each is equal only to itself. */
final class BytesEntry implements LogEntry {
    private final byte type;
    private final byte[] payload;

    BytesEntry(byte type, byte[] payload) {
        this.type = type;
        this.payload = payload;
    }

    static BytesEntry random(Random random, int length) {
        byte[] payload = new byte[length];
        random.nextBytes(payload);
        return new BytesEntry((byte) (1 + random.nextInt(100)), payload);
    }

    byte[] payload() {
        return payload;
    }

    @Override
    public byte type() {
        return type;
    }

    @Override
    public int length() {
        return payload.length;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        target.put(payload);
    }
}
