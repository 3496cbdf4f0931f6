package io.azekura.persistence.object;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.Head.NullVersion;
import io.azekura.persistence.object.Head.Older;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.StateDigest;
import io.azekura.persistence.register.VersionEdit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The next state of an object's register while a change is made: begins as the state that is replaced. The moves here
 * keep current version, older versions, their sum and their edits in step with one another.
 */
public final class Draft {
    private final State before;
    private final Head head;
    private final ChangeId change;

    private @Nullable Version current;
    private Content content;
    private @Nullable Bytes body;
    private Older older;
    private long timeMicros;
    private @Nullable VersionId event;
    private final List<VersionEdit> edits = new ArrayList<>();
    private final List<UploadId> uploads;
    private final List<ClosedUpload> closed;
    private final List<OutboxEntry> outbox;

    Draft(State before, ChangeId change) throws IOException {
        this.before = before;
        this.head = HeadFormat.of(before);
        this.change = change;
        this.current = head.current();
        this.content = before.content();
        this.older = head.older();
        this.timeMicros = before.timeMicros();
        this.uploads = new ArrayList<>(head.uploads());
        this.closed = new ArrayList<>(head.closed());
        this.outbox = new ArrayList<>(head.outbox());
    }

    /** The head that is replaced. */
    public Head before() {
        return head;
    }

    /** The older versions of the state that is replaced. */
    public History history() {
        return before.history();
    }

    /** The current version as it is in the draft. */
    public @Nullable Version current() {
        return current;
    }

    /** The current version as it is in the draft, unless it is a delete marker. */
    public @Nullable Version object() {
        return current == null || current.isMarker() ? null : current;
    }

    /** The null version among the older ones as it is in the draft. */
    public @Nullable NullVersion olderNull() {
        return older.nullVersion();
    }

    Content content() {
        return content;
    }

    @Nullable
    Bytes body() {
        return body;
    }

    long timeMicros() {
        return timeMicros;
    }

    /** The version that receivers of outbox entries are told of; null when there is nothing to tell. */
    @Nullable
    VersionId event() {
        return event;
    }

    List<VersionEdit> edits() {
        return edits;
    }

    List<OutboxEntry> outbox() {
        return outbox;
    }

    List<UploadId> uploads() {
        return uploads;
    }

    ChangeId change() {
        return change;
    }

    boolean hasOlder() {
        return before.history().with(edits).count() > 0;
    }

    /** Tells receivers of outbox entries that this version was made or removed. */
    public void tell(VersionId version) {
        event = version;
    }

    /** Makes a version the current one; there must be none, or it must have been moved. */
    public void place(Version version, Content where, @Nullable Bytes bytes) {
        current = version;
        content = where;
        body = bytes;
        timeMicros = Math.max(timeMicros, version.id().timeMicros());
        event = version.id();
    }

    /** Makes the current version, if there is one, an older one. */
    public void retireCurrent() {
        if (current == null) {
            return;
        }
        VersionEdit.Add add = new VersionEdit.Add(current.id().bytes(), VersionFormat.encode(current), content);
        edits.add(add);
        NullVersion nullVersion = older.nullVersion();
        if (current.isNull()) {
            nullVersion = new NullVersion(current.id(), StateDigest.of(add), current.size(), current.upload());
        }
        older = new Older(older.bytes() + current.size(), nullVersion);
        clearCurrent();
    }

    /** Removes the current version, if there is one, for good. */
    public void dropCurrent() {
        if (current != null) {
            reclaim(current.upload());
        }
        clearCurrent();
    }

    /** Removes the null version, wherever it is, for good. */
    public void dropNull() {
        NullVersion nullVersion = older.nullVersion();
        if (current != null && current.isNull()) {
            dropCurrent();
        } else if (nullVersion != null) {
            edits.add(new VersionEdit.Remove(nullVersion.id().bytes(), nullVersion.digest()));
            older = new Older(older.bytes() - nullVersion.size(), null);
            reclaim(nullVersion.upload());
        }
    }

    /** Removes an older version for good; {@code add} is its record as it was read. */
    public void dropOlder(VersionEdit.Add add) throws IOException {
        Version version = VersionFormat.decode(add);
        takeOlder(add, version);
        reclaim(version.upload());
    }

    /** Makes an older version the current one. */
    public void promote(VersionEdit.Add add) throws IOException {
        Version version = VersionFormat.decode(add);
        takeOlder(add, version);
        current = version;
        content = add.content();
        body = null;
    }

    /** The time is that of this change though it makes no version. */
    public void date(long micros) {
        timeMicros = Math.max(timeMicros, micros);
    }

    public void open(UploadId upload) {
        uploads.add(upload);
        uploads.sort(null);
    }

    /** Ends an open upload; parts that {@code completed} does not name are reclaimed. */
    public void close(UploadId upload, ClosedUpload.@Nullable Completed completed) {
        uploads.remove(upload);
        if (closed.size() == Head.CLOSED_MAX) {
            closed.remove(0);
        }
        closed.add(new ClosedUpload(upload, completed));
        outbox.add(OutboxEntry.reclaim(change, upload, completed == null ? null : completed.version()));
    }

    Head head() {
        return new Head(current, older, uploads, closed, outbox);
    }

    private void reclaim(@Nullable UploadId upload) {
        if (upload != null) {
            outbox.add(OutboxEntry.reclaim(change, upload, null));
        }
    }

    private void takeOlder(VersionEdit.Add add, Version version) {
        edits.add(new VersionEdit.Remove(add.id(), StateDigest.of(add)));
        older = new Older(older.bytes() - version.size(), version.isNull() ? null : older.nullVersion());
    }

    private void clearCurrent() {
        current = null;
        content = Content.NONE;
        body = null;
    }
}
