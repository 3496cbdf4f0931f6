package io.azekura.persistence.drive;

import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.RegisterKey;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One place of a drive where the disk does not have what was written.
 *
 * @param file the file, or the directory of the index when the entry cannot be placed
 * @param offset in the file, 0 when it is not known better
 * @param key whose bytes are concerned, or null when that cannot be told or many are
 * @param data whose shard or body is concerned, or null when that cannot be told or many are
 */
public record Damage(
        Kind kind,
        Path file,
        long offset,
        @Nullable RegisterKey key,
        @Nullable DataId data,
        String what) {
    /** What is concerned, and so what mends it. */
    public enum Kind {
        /** One of the two superblock files: the other one has it, and the next mounting writes both. */
        SUPERBLOCK,
        /** Headers or batches of the log: several records may be lost with them. */
        LOG,
        /** One record of the log. */
        LOG_RECORD,
        /** A file of the index: it is rebuilt from the log. */
        INDEX_FILE,
        /** An entry of the index: it is rebuilt from the log. */
        INDEX_ENTRY,
        /** A shard file. */
        SHARD,
        /** A shard file that nothing names: only room is lost. */
        ORPHAN,
        /** Bytes that mean nothing are not what was written: nothing is lost, but the disk is not to be trusted. */
        WASTE
    }

    /** Whether bytes that are needed may be lost. */
    public boolean isLoss() {
        return kind != Kind.ORPHAN && kind != Kind.WASTE;
    }

    /** Whether both speak of the same place. */
    boolean isSamePlace(Damage other) {
        return kind == other.kind
                && offset == other.offset
                && file.equals(other.file)
                && Objects.equals(key, other.key);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind.toString()).append(' ').append(file);
        text.append(" at byte ").append(offset);
        if (key != null) {
            text.append(", key ").append(key);
        }
        if (data != null) {
            text.append(", data ").append(data);
        }
        return text.append(": ").append(what).toString();
    }
}
