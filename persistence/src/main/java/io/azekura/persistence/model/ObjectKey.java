package io.azekura.persistence.model;

import io.azekura.persistence.Check;

/** The name of an object: 1 to 1,024 bytes of UTF-8, taken literally; slashes and dots mean nothing here. */
public record ObjectKey(Bytes utf8) implements Comparable<ObjectKey> {
    public static final int BYTES_MAX = 1024;

    public ObjectKey {
        Check.argument(utf8.length() >= 1 && utf8.length() <= BYTES_MAX, "object key of " + utf8.length() + " bytes");
    }

    public static ObjectKey of(String text) {
        return new ObjectKey(Bytes.utf8(text));
    }

    @Override
    public int compareTo(ObjectKey other) {
        return utf8.compareTo(other.utf8);
    }

    public String text() {
        return utf8.utf8();
    }
}
