package io.azekura.persistence.object;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.ObjectChanges.ReadVersion;
import io.azekura.persistence.object.Outcome.Done;
import io.azekura.persistence.object.Outcome.Refused;
import io.azekura.persistence.object.Outcome.Unavailable;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Repeat;
import io.azekura.persistence.register.VersionEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What clients do with objects and their versions: each a few reads and one change, repeated when somebody else was
 * faster. Preconditions are judged by the change alone, so that they hold at the moment of the write.
 */
public class Objects extends Procedure {
    public Objects(Ports ports) {
        super(ports);
    }

    /**
     * A version, and where its bytes are if it is no completed upload; {@code body} are the bytes themselves if they are
     * few and came along.
     */
    public record Stored(
            Version version, Content content, @Nullable Bytes body) {
        public Stored(Version version, Content content) {
            this(version, content, null);
        }
    }

    /** Versions of one key, the newest first; {@code next} is where to go on, or null. */
    public record VersionsPage(
            List<Version> versions, @Nullable VersionId next) {}

    /** The object is gone; {@code marker} hides the versions that are kept, null where none are. */
    public record Deleted(@Nullable Version marker) {}

    /** Stores an object; answers the version that it became. */
    public CompletionStage<Outcome<Version>> put(
            RegisterKey key, Terms terms, Precondition precondition, NewObject object) {
        Stamp stamp = identifiers.nextStamp();
        return apply(key, changes.put(terms, stamp, precondition, object)).thenApply(end -> end.map(Objects::made));
    }

    /**
     * Stores an object whose shards are still on their way to stable storage, and asks for the right to write meanwhile.
     * For the last moment, when the drives have all bytes: until it ends, other changes of the key wait.
     */
    public CompletionStage<Outcome<Version>> putOnceStaged(
            RegisterKey key, Terms terms, Precondition precondition, CompletionStage<NewObject> staged) {
        Stamp stamp = identifiers.nextStamp();
        return applyOnceReady(key, staged.thenApply(object -> changes.put(terms, stamp, precondition, object)))
                .thenApply(end -> end.map(Objects::made));
    }

    /** The current version, refused with {@link Refusal#NO_SUCH_KEY} if there is none or it is a delete marker. */
    public CompletionStage<Outcome<Stored>> get(RegisterKey key) {
        return read(key).thenApply(end -> {
            if (end instanceof Done<Read> done) {
                Version current = done.value().head().current();
                return current != null && !current.isMarker()
                        ? new Done<>(new Stored(
                                current,
                                done.value().state().content(),
                                done.value().body()))
                        : new Refused<>(Refusal.NO_SUCH_KEY);
            }
            return end.failed();
        });
    }

    /** Any version by its id, delete markers included. */
    public CompletionStage<Outcome<Stored>> getVersion(RegisterKey key, VersionId id) {
        return readVersions(key, id, 1).thenApply(end -> find(end, id));
    }

    /** The null version, wherever it is. */
    public CompletionStage<Outcome<Stored>> getNullVersion(RegisterKey key) {
        return nullVersion(key).thenCompose(end -> end.then(id -> getVersion(key, id)));
    }

    /** The id of the null version, which clients name without it. */
    public CompletionStage<Outcome<VersionId>> nullVersion(RegisterKey key) {
        return read(key).thenApply(end -> {
            if (end instanceof Done<Read> done) {
                Head head = done.value().head();
                if (head.current() != null && head.current().isNull()) {
                    return new Done<>(head.current().id());
                }
                Head.NullVersion older = head.older().nullVersion();
                return older != null ? new Done<>(older.id()) : new Refused<>(Refusal.NO_SUCH_VERSION);
            }
            return end.failed();
        });
    }

    /** At most {@code max} versions of a key from the id on, or from the newest. */
    public CompletionStage<Outcome<VersionsPage>> listVersions(RegisterKey key, @Nullable VersionId from, int max) {
        return readVersions(key, from, max + 1).thenApply(end -> {
            if (!(end instanceof Done<ReadVersions> done)) {
                return end.failed();
            }
            List<Version> found = new ArrayList<>();
            Version current = done.value().head().current();
            if (current != null && (from == null || from.compareTo(current.id()) <= 0)) {
                found.add(current);
            }
            for (VersionEdit.Add older : done.value().older()) {
                Outcome<Version> version = decode(older);
                if (!(version instanceof Done<Version> one)) {
                    return version.failed();
                }
                found.add(one.value());
            }
            boolean hasMore = found.size() > max;
            VersionId next = hasMore ? found.get(max).id() : null;
            return new Done<>(new VersionsPage(hasMore ? List.copyOf(found.subList(0, max)) : found, next));
        });
    }

    /** Deletes the object. Nothing to delete is a success for clients. */
    public CompletionStage<Outcome<Deleted>> delete(
            RegisterKey key, Terms terms, Precondition precondition, Bytes payload) {
        Stamp stamp = identifiers.nextStamp();
        return apply(key, changes.delete(terms, stamp, precondition, payload))
                .thenApply(end -> end.map(change -> new Deleted(change.made())));
    }

    /** Removes a version for good; answers it. */
    public CompletionStage<Outcome<Version>> deleteVersion(RegisterKey key, Terms terms, VersionId id, Bytes payload) {
        Stamp stamp = identifiers.nextStamp();
        return retrying(() -> read(key)
                .thenCompose(end -> end.then(read -> {
                    Version current = read.head().current();
                    return current != null && current.id().equals(id)
                            ? deleteCurrent(key, terms, stamp, current, payload)
                            : deleteOlder(key, terms, stamp, id, payload);
                })));
    }

    private CompletionStage<Outcome<Version>> deleteCurrent(
            RegisterKey key, Terms terms, Stamp stamp, Version current, Bytes payload) {
        return readVersions(key, null, 1)
                .thenCompose(end -> end.then(read -> {
                    VersionEdit.Add newest =
                            read.older().isEmpty() ? null : read.older().get(0);
                    ReadVersion older = new ReadVersion(read.state().history(), newest);
                    ObjectChange change = changes.deleteCurrentVersion(terms, stamp, current.id(), older, payload);
                    return apply(key, change).thenApply(applied -> applied.map(done -> current));
                }));
    }

    private CompletionStage<Outcome<Version>> deleteOlder(
            RegisterKey key, Terms terms, Stamp stamp, VersionId id, Bytes payload) {
        return readVersions(key, id, 1)
                .thenCompose(end -> end.then(read -> {
                    Version current = read.head().current();
                    if (current != null && current.id().equals(id)) {
                        return completed(new Refused<>(Refusal.RETRY));
                    }
                    if (read.older().isEmpty() || !read.older().get(0).id().equals(id.bytes())) {
                        return completed(new Refused<>(Refusal.NO_SUCH_VERSION));
                    }
                    VersionEdit.Add older = read.older().get(0);
                    ReadVersion found = new ReadVersion(read.state().history(), older);
                    ObjectChange change = changes.deleteOlderVersion(terms, stamp, found, payload);
                    return apply(key, change)
                            .thenApply(applied ->
                                    applied instanceof Done<ObjectChange> ? decode(older) : applied.failed());
                }));
    }

    /** Copies a version, or the current one, to a key; the bytes are written once more under a data id of their own. */
    public CompletionStage<Outcome<Version>> copy(
            RegisterKey source,
            @Nullable VersionId version,
            RegisterKey target,
            Terms terms,
            Precondition precondition,
            Bytes record,
            Bytes payload) {
        CompletionStage<Outcome<Stored>> found = version == null ? get(source) : getVersion(source, version);
        return found.thenCompose(end -> end.then(stored -> stored.version().isMarker()
                ? completed(new Refused<>(Refusal.NO_SUCH_KEY))
                : sources(source, stored)
                        .thenCompose(read -> read.then(
                                sources -> bodies.copy(sources, target).thenCompose(copy -> {
                                    if (!(copy instanceof Bodies.Copied copied)) {
                                        return completed(new Unavailable<>(copy.toString()));
                                    }
                                    Version was = stored.version();
                                    NewObject object = new NewObject(
                                            was.size(),
                                            was.etag(),
                                            record,
                                            copied.content(),
                                            copied.body(),
                                            null,
                                            payload);
                                    return put(target, terms, precondition, object);
                                })))));
    }

    /** Where the bytes of a version are, in order. */
    protected CompletionStage<Outcome<List<Bodies.Source>>> sources(RegisterKey key, Stored stored) {
        Manifest manifest = stored.version().manifest();
        List<Bodies.Source> sources = new ArrayList<>();
        if (manifest != null) {
            return partSources(key, manifest, sources);
        }
        if (!(stored.content() instanceof Content.None)) {
            sources.add(new Bodies.Source(key, stored.content()));
        }
        return completed(new Done<>(sources));
    }

    private CompletionStage<Outcome<List<Bodies.Source>>> partSources(
            RegisterKey key, Manifest manifest, List<Bodies.Source> sources) {
        Outcome<Integer> first = new Done<>(0);
        int parts = manifest.parts().size();
        return Repeat.until(
                        first,
                        at -> !(at instanceof Done<Integer> done) || done.value() == parts,
                        at -> at.then(i -> partSource(key, manifest, i, sources)))
                .thenApply(end -> end.map(all -> sources));
    }

    private CompletionStage<Outcome<Integer>> partSource(
            RegisterKey key, Manifest manifest, int index, List<Bodies.Source> sources) {
        Manifest.Part part = manifest.parts().get(index);
        RegisterKey partKey = new PartKey(key, manifest.upload(), part.number(), part.data()).encode();
        return register.read(partKey).thenApply(outcome -> {
            if (!(outcome instanceof Register.Value value)) {
                return new Unavailable<>(outcome.toString());
            }
            if (!value.state().isLive()) {
                return new Refused<>(Refusal.NO_SUCH_KEY);
            }
            if (!(value.state().content() instanceof Content.None)) {
                sources.add(new Bodies.Source(partKey, value.state().content()));
            }
            return new Done<>(index + 1);
        });
    }

    private Outcome<Stored> find(Outcome<ReadVersions> end, VersionId id) {
        if (!(end instanceof Done<ReadVersions> done)) {
            return end.failed();
        }
        ReadVersions read = done.value();
        Version current = read.head().current();
        if (current != null && current.id().equals(id)) {
            return new Done<>(new Stored(current, read.state().content()));
        }
        if (read.older().isEmpty() || !read.older().get(0).id().equals(id.bytes())) {
            return new Refused<>(Refusal.NO_SUCH_VERSION);
        }
        VersionEdit.Add older = read.older().get(0);
        return decode(older).map(version -> new Stored(version, older.content()));
    }

    private static Version made(ObjectChange change) {
        return java.util.Objects.requireNonNull(change.made(), "a version was put");
    }
}
