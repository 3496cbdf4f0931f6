package io.azekura.persistence.simulation.history;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a client asked for.
 *
 * <p>A bucket is named as the recorder knows it: by its name, or by its incarnation, when it knows that. Every written
 * value is unique in the whole history; the checkers tell writes apart by it.
 */
public sealed interface Call {

    /** A call about one key, whose linearization is judged key by key. */
    sealed interface OnKey extends Call {
        String bucket();

        String key();
    }

    /** A call about one persistence id. */
    sealed interface OnJournal extends Call {
        String pid();
    }

    record Put(String bucket, String key, String value) implements OnKey {}

    /** A put with {@code If-None-Match: *}. */
    record PutIfAbsent(String bucket, String key, String value) implements OnKey {}

    /** A put with {@code If-Match}. */
    record PutIfMatch(String bucket, String key, String expected, String value) implements OnKey {}

    record Get(String bucket, String key) implements OnKey {}

    record Head(String bucket, String key) implements OnKey {}

    record Delete(String bucket, String key) implements OnKey {}

    /** Writes {@code value}, a fresh tag, whose content is the content the source had at some moment of the copy. */
    record Copy(String sourceBucket, String sourceKey, String bucket, String key, String value) implements OnKey {}

    /** A put into a versioned bucket. */
    record VersionPut(String bucket, String key, String value) implements OnKey {}

    /** A delete in a versioned bucket, which adds a delete marker. */
    record VersionMark(String bucket, String key) implements OnKey {}

    record VersionDelete(String bucket, String key, String versionId) implements OnKey {}

    record VersionGet(String bucket, String key, String versionId) implements OnKey {}

    record VersionList(String bucket, String key) implements OnKey {}

    record UploadBegin(String bucket, String key, String upload) implements OnKey {}

    record UploadPart(String bucket, String key, String upload, int number, String value) implements OnKey {}

    /** Writes {@link #composite()}, once for the upload, however often it is repeated. */
    record UploadComplete(String bucket, String key, String upload, List<NamedPart> parts) implements OnKey {
        public UploadComplete {
            parts = List.copyOf(parts);
        }

        /** The value a reader sees: the values of the parts in order, with a plus between. */
        public String composite() {
            return parts.stream().map(NamedPart::value).collect(Collectors.joining("+"));
        }
    }

    record UploadAbort(String bucket, String key, String upload) implements OnKey {}

    /** One page of a listing: keys that begin with {@code prefix} and come after {@code startAfter}. */
    record ListKeys(String bucket, String prefix, String startAfter) implements Call {}

    record BucketCreate(String bucket) implements Call {}

    record BucketDelete(String bucket) implements Call {}

    /** Appends {@code events} at {@code firstSeq}, {@code firstSeq + 1}, … in one batch. */
    record JournalAppend(String pid, String incarnation, long firstSeq, List<String> events) implements OnJournal {
        public JournalAppend {
            events = List.copyOf(events);
        }

        long lastSeq() {
            return firstSeq + events.size() - 1;
        }
    }

    /** Replays everything that was not deleted. */
    record JournalReplay(String pid) implements OnJournal {}

    record JournalDelete(String pid, long toSeq) implements OnJournal {}

    record JournalHighest(String pid) implements OnJournal {}

    /** A part as a completion names it. */
    record NamedPart(int number, String value) {}
}
