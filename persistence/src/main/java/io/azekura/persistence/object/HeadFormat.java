package io.azekura.persistence.object;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.format.ByteReader;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.ClosedUpload.Completed;
import io.azekura.persistence.object.Head.NullVersion;
import io.azekura.persistence.object.Head.Older;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.StateDigest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Head} as the value of an object's register. One head has exactly one encoding. What is not there costs
 * nothing, so that the head of a plain object is little more than its record.
 *
 * <pre>
 * Head    → Format, Has, then what it has, in this order:
 *   Format    u8       1
 *   Has       u8       1 current + 2 older + 4 uploads + 8 closed + 16 outbox
 *   Current   {@link VersionFormat} without its format byte
 *   Older   → varint   bytes of all older versions
 *             flag     a null version among them, then:
 *               Id       VersionId
 *               Digest   2 × i64
 *               Size     varint
 *               Upload   flag, then 2 × i64
 *   Uploads → varint   count from 1 to 1,000, then for each, ascending: 2 × i64
 *   Closed  → u8       count from 1 to 8, then for each:
 *               2 × i64  upload
 *               u8       0 aborted, 1 completed, 2 completed as the null version; unless aborted:
 *               text     ETag
 *               VersionId
 *   Outbox  → u8       count from 1 to 64, then for each:
 *               2 × i64  change: process, sequence
 *               u8       kind: 1 replicate, 2 notify, 3 reclaim
 *               Version  flag, then VersionId
 *               Upload   of a reclaim only: 2 × i64
 *               blob     payload
 * VersionId  i64 time inverted, i64 tail
 * </pre>
 *
 * <p>Carries no checksum: the digest of the state that it is the value of covers it.
 *
 * <p>Version 1: the first.
 */
public final class HeadFormat {
    /** The newest version, which is the one written. */
    public static final int VERSION = 1;

    private static final int CURRENT = 1;
    private static final int OLDER = 2;
    private static final int UPLOADS = 4;
    private static final int CLOSED = 8;
    private static final int OUTBOX = 16;
    private static final int ALL = 31;

    private static final int ABORTED = 0;
    private static final int COMPLETED_AS_NULL = 2;

    private static final int BYTES_TYPICAL = 256;
    private static final String SOURCE = "object head";

    private HeadFormat() {}

    public static Bytes encode(Head head) {
        ByteWriter writer = new ByteWriter(BYTES_TYPICAL);
        writer.u8(VERSION).u8(has(head));
        if (head.current() != null) {
            VersionFormat.write(head.current(), writer);
        }
        if (!head.older().equals(Older.NONE)) {
            write(head.older(), writer);
        }
        if (!head.uploads().isEmpty()) {
            writer.varint(head.uploads().size());
            head.uploads().forEach(upload -> write(upload, writer));
        }
        if (!head.closed().isEmpty()) {
            writer.u8(head.closed().size());
            head.closed().forEach(closed -> write(closed, writer));
        }
        if (!head.outbox().isEmpty()) {
            writer.u8(head.outbox().size());
            head.outbox().forEach(entry -> write(entry, writer));
        }
        return Bytes.wrap(writer.toByteArray());
    }

    /** The head that a state has: an empty one when there is nothing, or nothing but a tombstone. */
    public static Head of(State state) throws IOException {
        return state.value().length() == 0 && !state.isLive() ? Head.EMPTY : decode(state.value());
    }

    public static Head decode(Bytes bytes) throws CorruptException, FormatTooNewException {
        ByteReader reader = new ByteReader(bytes.array(), SOURCE);
        reader.version(VERSION);
        int has = reader.u8();
        if (has > ALL) {
            throw reader.corruptBefore(1, "known parts, at most " + ALL, Integer.toString(has));
        }
        Version current = (has & CURRENT) != 0 ? VersionFormat.read(reader) : null;
        Older older = (has & OLDER) != 0 ? readOlder(reader) : Older.NONE;
        List<UploadId> uploads = (has & UPLOADS) != 0 ? readUploads(reader) : List.of();
        List<ClosedUpload> closed = (has & CLOSED) != 0 ? readClosed(reader) : List.of();
        List<OutboxEntry> outbox = (has & OUTBOX) != 0 ? readOutbox(reader) : List.of();
        reader.end();
        return new Head(current, older, uploads, closed, outbox);
    }

    private static int has(Head head) {
        return (head.current() != null ? CURRENT : 0)
                | (head.older().equals(Older.NONE) ? 0 : OLDER)
                | (head.uploads().isEmpty() ? 0 : UPLOADS)
                | (head.closed().isEmpty() ? 0 : CLOSED)
                | (head.outbox().isEmpty() ? 0 : OUTBOX);
    }

    private static void write(Older older, ByteWriter writer) {
        NullVersion nullVersion = older.nullVersion();
        writer.varint(older.bytes()).u8(nullVersion != null ? 1 : 0);
        if (nullVersion != null) {
            VersionFormat.write(nullVersion.id(), writer);
            writer.i64(nullVersion.digest().high()).i64(nullVersion.digest().low());
            writer.varint(nullVersion.size());
            UploadId upload = nullVersion.upload();
            writer.u8(upload != null ? 1 : 0);
            if (upload != null) {
                write(upload, writer);
            }
        }
    }

    private static Older readOlder(ByteReader reader) throws CorruptException {
        long bytes = reader.varint(Long.MAX_VALUE);
        NullVersion nullVersion = null;
        if (reader.flag()) {
            VersionId id = VersionFormat.readId(reader);
            StateDigest digest = new StateDigest(reader.i64(), reader.i64());
            long size = reader.varint(bytes);
            nullVersion = new NullVersion(id, digest, size, reader.flag() ? readUpload(reader) : null);
        } else if (bytes == 0) {
            throw reader.corruptBefore(1, "older versions", "none");
        }
        return new Older(bytes, nullVersion);
    }

    private static void write(UploadId upload, ByteWriter writer) {
        writer.i64(upload.high()).i64(upload.low());
    }

    private static UploadId readUpload(ByteReader reader) throws CorruptException {
        return new UploadId(reader.i64(), reader.i64());
    }

    private static List<UploadId> readUploads(ByteReader reader) throws CorruptException {
        int count = count(reader, reader.varint(Head.UPLOADS_MAX), Head.UPLOADS_MAX);
        List<UploadId> uploads = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            UploadId next = readUpload(reader);
            if (i > 0 && uploads.get(i - 1).compareTo(next) >= 0) {
                throw reader.corruptBefore(UploadId.BYTES, "an upload after the one before", "an earlier one");
            }
            uploads.add(next);
        }
        return uploads;
    }

    private static void write(ClosedUpload closed, ByteWriter writer) {
        write(closed.id(), writer);
        Completed completed = closed.completed();
        if (completed == null) {
            writer.u8(ABORTED);
        } else {
            writer.u8(completed.isNull() ? COMPLETED_AS_NULL : 1).text(completed.etag());
            VersionFormat.write(completed.version(), writer);
        }
    }

    private static List<ClosedUpload> readClosed(ByteReader reader) throws CorruptException {
        int count = count(reader, reader.u8(), Head.CLOSED_MAX);
        List<ClosedUpload> closed = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            UploadId id = readUpload(reader);
            int how = reader.u8();
            if (how > COMPLETED_AS_NULL) {
                throw reader.corruptBefore(1, "an end from 0 to 2", Integer.toString(how));
            }
            closed.add(new ClosedUpload(id, how == ABORTED ? null : readCompleted(reader, how)));
        }
        return closed;
    }

    private static Completed readCompleted(ByteReader reader, int how) throws CorruptException {
        return new Completed(reader.text(), VersionFormat.readId(reader), how == COMPLETED_AS_NULL);
    }

    private static void write(OutboxEntry entry, ByteWriter writer) {
        writer.i64(entry.change().process()).i64(entry.change().sequence());
        writer.u8(number(entry.kind())).u8(entry.version() != null ? 1 : 0);
        if (entry.version() != null) {
            VersionFormat.write(entry.version(), writer);
        }
        if (entry.upload() != null) {
            write(entry.upload(), writer);
        }
        writer.blob(entry.payload().array());
    }

    private static List<OutboxEntry> readOutbox(ByteReader reader) throws CorruptException {
        int count = count(reader, reader.u8(), Head.OUTBOX_MAX);
        List<OutboxEntry> outbox = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ChangeId change = new ChangeId(reader.i64(), reader.i64());
            OutboxEntry.Kind kind = kind(reader);
            @Nullable VersionId version = reader.flag() ? VersionFormat.readId(reader) : null;
            @Nullable UploadId upload = kind == OutboxEntry.Kind.RECLAIM ? readUpload(reader) : null;
            outbox.add(new OutboxEntry(change, kind, version, upload, Bytes.wrap(reader.blob())));
        }
        return outbox;
    }

    private static int count(ByteReader reader, int count, int max) throws CorruptException {
        if (count == 0 || count > max) {
            throw reader.corrupt("a count from 1 to " + max, Integer.toString(count));
        }
        return count;
    }

    private static int number(OutboxEntry.Kind kind) {
        return switch (kind) {
            case REPLICATE -> 1;
            case NOTIFY -> 2;
            case RECLAIM -> 3;
        };
    }

    private static OutboxEntry.Kind kind(ByteReader reader) throws CorruptException {
        int number = reader.u8();
        return switch (number) {
            case 1 -> OutboxEntry.Kind.REPLICATE;
            case 2 -> OutboxEntry.Kind.NOTIFY;
            case 3 -> OutboxEntry.Kind.RECLAIM;
            default -> throw reader.corruptBefore(1, "a kind of entry from 1 to 3", Integer.toString(number));
        };
    }
}
