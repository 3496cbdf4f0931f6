package io.azekura.persistence.object;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.ClosedUpload.Completed;
import io.azekura.persistence.object.ObjectChange.Rule;
import io.azekura.persistence.object.Terms.Versioning;
import io.azekura.persistence.register.Change.Decision;
import io.azekura.persistence.register.Change.Refuse;
import io.azekura.persistence.register.Change.Write;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.VersionEdit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes that an object's register can undergo. Each is atomic with its preconditions, with the older versions,
 * and with the outbox entries that must follow from it.
 */
public class ObjectChanges {
    /** An older version as it was read, and the history that the register had then. */
    public record ReadVersion(History history, VersionEdit.@Nullable Add version) {}

    /** Makes an object the current version. */
    public ObjectChange put(Terms terms, Stamp stamp, Precondition precondition, NewObject object) {
        Rule rule = draft -> {
            Refusal refusal = precondition.judge(draft.object());
            return refusal != null ? refusal : putVersion(draft, terms, stamp, object);
        };
        return change(terms, stamp, object.payload(), rule);
    }

    /**
     * Removes the object, or hides it behind a delete marker where versions are kept. Refused when there is nothing to
     * remove in a bucket that was never versioned.
     */
    public ObjectChange delete(Terms terms, Stamp stamp, Precondition precondition, Bytes payload) {
        Rule rule = draft -> {
            Refusal refusal = precondition.judge(draft.object());
            return refusal != null ? refusal : deleteCurrent(draft, terms, stamp);
        };
        return change(terms, stamp, payload, rule);
    }

    /**
     * Removes the current version for good; {@code newest} is the newest older version, which takes its place, or null
     * when there is none.
     */
    public ObjectChange deleteCurrentVersion(
            Terms terms, Stamp stamp, VersionId version, ReadVersion newest, Bytes payload) {
        return change(terms, stamp, payload, draft -> {
            Version current = draft.current();
            boolean isCurrent = current != null && current.id().equals(version);
            if (!isCurrent || !isUnchanged(draft, newest)) {
                return Refusal.RETRY;
            }
            draft.dropCurrent();
            if (newest.version() != null) {
                draft.promote(newest.version());
            }
            draft.date(versionTime(draft, stamp));
            draft.tell(version);
            return null;
        });
    }

    /** Removes an older version for good. */
    public ObjectChange deleteOlderVersion(Terms terms, Stamp stamp, ReadVersion older, Bytes payload) {
        return change(terms, stamp, payload, draft -> {
            if (older.version() == null || !isUnchanged(draft, older)) {
                return Refusal.RETRY;
            }
            draft.dropOlder(older.version());
            draft.tell(VersionFormat.decode(older.version()).id());
            return null;
        });
    }

    /** Forgets outbox entries that were delivered. */
    public ObjectChange removeOutbox(Terms terms, Stamp stamp, OutboxEntry entry) {
        return change(terms, stamp, Bytes.EMPTY, draft -> draft.outbox().remove(entry) ? null : Refusal.RETRY);
    }

    /** Opens an upload. */
    public ObjectChange beginUpload(Terms terms, Stamp stamp, UploadId upload) {
        return change(terms, stamp, Bytes.EMPTY, draft -> {
            if (draft.before().uploads().size() >= uploadsMax()) {
                return Refusal.TOO_MANY_UPLOADS;
            }
            draft.open(upload);
            return null;
        });
    }

    /** Closes an upload and makes the object of its parts the current version. */
    public ObjectChange completeUpload(
            Terms terms, Stamp stamp, Precondition precondition, UploadId upload, NewObject object) {
        Rule rule = draft -> {
            Refusal closed = isOpen(draft.before(), upload);
            Refusal refusal = closed != null ? closed : precondition.judge(draft.object());
            if (refusal != null) {
                return refusal;
            }
            putVersion(draft, terms, stamp, object);
            Version version = java.util.Objects.requireNonNull(draft.current(), "a version was put");
            draft.close(upload, new Completed(version.etag(), version.id(), version.isNull()));
            return null;
        };
        return change(terms, stamp, object.payload(), rule);
    }

    /** Closes an upload without an object. */
    public ObjectChange abortUpload(Terms terms, Stamp stamp, UploadId upload) {
        return change(terms, stamp, Bytes.EMPTY, draft -> {
            Refusal closed = isOpen(draft.before(), upload);
            if (closed == null) {
                draft.close(upload, null);
            }
            return closed;
        });
    }

    /** Version time (register rule 12): above that of every version that the register ever had. */
    protected long versionTime(Draft draft, Stamp stamp) {
        return Math.max(stamp.nowMicros(), draft.timeMicros() + 1);
    }

    /** Puts a version in front, and removes or keeps the one before. */
    protected @Nullable Refusal putVersion(Draft draft, Terms terms, Stamp stamp, NewObject object) {
        boolean isNull = terms.versioning() != Versioning.VERSIONED;
        VersionId id = new VersionId(versionTime(draft, stamp), stamp.tail());
        makeRoom(draft, isNull);
        draft.place(object.version(id, isNull), object.content(), object.body());
        return null;
    }

    /** Where versions were ever kept a delete marker takes the front; elsewhere nothing remains. */
    protected @Nullable Refusal deleteCurrent(Draft draft, Terms terms, Stamp stamp) {
        boolean isNull = terms.versioning() != Versioning.VERSIONED;
        VersionId id = new VersionId(versionTime(draft, stamp), stamp.tail());
        Version current = draft.current();
        boolean isPlain = !draft.hasOlder() && (current == null || (current.isNull() && !current.isMarker()));
        if (terms.versioning() != Versioning.UNVERSIONED || !isPlain) {
            makeRoom(draft, isNull);
            draft.place(Version.marker(id, isNull), Content.NONE, null);
            return null;
        }
        if (current == null) {
            return Refusal.NO_SUCH_KEY;
        }
        draft.dropCurrent();
        draft.date(id.timeMicros());
        draft.tell(current.id());
        return null;
    }

    /** Clears the front for a new version; a null version replaces the one there is, any other replaces none. */
    protected void makeRoom(Draft draft, boolean isNull) {
        if (isNull) {
            draft.dropNull();
        }
        draft.retireCurrent();
    }

    /** Whether the older versions are still those that were read. */
    protected boolean isUnchanged(Draft draft, ReadVersion read) {
        return draft.history().equals(read.history());
    }

    /** Why an upload takes no more requests, or null when it does. */
    protected @Nullable Refusal isOpen(Head head, UploadId upload) {
        if (head.isOpen(upload)) {
            return null;
        }
        return head.closed(upload).isPresent() ? Refusal.UPLOAD_CLOSED : Refusal.NO_SUCH_UPLOAD;
    }

    protected int uploadsMax() {
        return Head.UPLOADS_MAX;
    }

    protected int outboxMax() {
        return Head.OUTBOX_MAX;
    }

    /** A register with nothing in it becomes a tombstone, so that it can be collected. */
    protected State.Kind kind(Head head, boolean hasOlder) {
        return head.isBare() && !hasOlder ? State.Kind.TOMBSTONE : State.Kind.LIVE;
    }

    /** What must be delivered because of a change that made or removed this version. */
    protected List<OutboxEntry> entries(Terms terms, ChangeId change, VersionId version, Bytes payload) {
        List<OutboxEntry> entries = new ArrayList<>(2);
        if (terms.replicates()) {
            entries.add(new OutboxEntry(change, OutboxEntry.Kind.REPLICATE, version, null, payload));
        }
        if (terms.notifies()) {
            entries.add(new OutboxEntry(change, OutboxEntry.Kind.NOTIFY, version, null, payload));
        }
        return entries;
    }

    private ObjectChange change(Terms terms, Stamp stamp, Bytes payload, Rule rule) {
        return new ObjectChange(rule, (draft, body) -> finish(draft, body, terms, payload), stamp.change(), null);
    }

    private Decision<Refusal> finish(Draft draft, @Nullable Bytes body, Terms terms, Bytes payload) {
        VersionId event = draft.event();
        if (event != null) {
            draft.outbox().addAll(entries(terms, draft.change(), event, payload));
        }
        int outbox = draft.outbox().size();
        if (outbox > outboxMax() && outbox > draft.before().outbox().size()) {
            return new Refuse<>(Refusal.BUSY);
        }
        Head head = draft.head();
        State.Kind kind = kind(head, draft.hasOlder());
        boolean isEmpty = kind == State.Kind.TOMBSTONE && head.closed().isEmpty();
        return new Write<>(
                kind,
                isEmpty ? Bytes.EMPTY : HeadFormat.encode(head),
                draft.content(),
                body,
                draft.edits(),
                draft.timeMicros(),
                terms.configVersion());
    }
}
