package io.azekura.persistence.object;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.Outcome.Done;
import io.azekura.persistence.object.Outcome.Refused;
import io.azekura.persistence.object.Outcome.Unavailable;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Change.Decision;
import io.azekura.persistence.register.Change.Refuse;
import io.azekura.persistence.register.Change.Write;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Repeat;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.VersionEdit;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The registers of parts: each is created once and never changes but to a tombstone, and that only when its upload is
 * closed and no version names it (register rule 17). An upload that was closed never opens again, and which of its parts
 * are named is decided by its close: so whoever finds a part superfluous will never be wrong later.
 */
public class Parts extends Procedure {
    private static final int PAGE_ENTRIES_MAX = 1000;

    public Parts(Ports ports) {
        super(ports);
    }

    /** A part as it was found. */
    public record Found(PartKey key, PartRecord record, Content content, long timeMicros) {}

    /** Makes the register of a part, once. */
    protected Decision<Refusal> create(State current, PartRecord part, NewPart body, Terms terms, long nowMicros) {
        if (current.kind() != State.Kind.ABSENT) {
            return new Refuse<>(Refusal.NO_SUCH_UPLOAD);
        }
        Bytes value = PartRecordFormat.encode(part);
        return new Write<>(
                State.Kind.LIVE, value, body.content(), body.body(), List.of(), nowMicros, terms.configVersion());
    }

    /** Where the bytes of a part are; {@code body} are those of a {@link Content.Whole}. */
    public record NewPart(Content content, @Nullable Bytes body) {}

    CompletionStage<Outcome<PartKey>> create(PartKey key, Terms terms, PartRecord part, NewPart body) {
        long nowMicros = identifiers.nextStamp().nowMicros();
        Change<Refusal> change = current -> create(current, part, body, terms, nowMicros);
        return register.change(key.encode(), identifiers.nextOperation(), change)
                .thenApply(outcome -> outcome(outcome, change).map(done -> key));
    }

    /** Removes a part; one that is gone is a success. */
    CompletionStage<Outcome<PartKey>> remove(PartKey key, Terms terms) {
        Change<Refusal> change = current -> current.isLive()
                ? new Write<>(
                        State.Kind.TOMBSTONE,
                        Bytes.EMPTY,
                        Content.NONE,
                        null,
                        List.of(),
                        current.timeMicros(),
                        terms.configVersion())
                : new Refuse<>(Refusal.NO_SUCH_UPLOAD);
        return register.change(key.encode(), identifiers.nextOperation(), change)
                .thenApply(outcome -> {
                    Outcome<Change<Refusal>> end = outcome(outcome, change);
                    return end instanceof Refused<Change<Refusal>> ? new Done<>(key) : end.map(done -> key);
                });
    }

    /** Shows all parts of an upload, its own record among them, in order of their numbers. */
    CompletionStage<Outcome<PartKey>> forEach(PartKey any, Consumer<Found> consumer) {
        Bytes prefix = PartKey.prefix(any.object(), any.upload());
        return forEach(PartKey.partsSpace(any.object().space()), prefix, entry -> {
                    Outcome<Scan.Entry> shown = new Done<>(entry);
                    if (entry.state().isLive()) {
                        shown = found(entry).map(found -> {
                            consumer.accept(found);
                            return entry;
                        });
                    }
                    return completed(shown);
                })
                .thenApply(end -> end.map(done -> any));
    }

    /** Removes all parts of a closed upload that {@code manifest} does not name. */
    protected CompletionStage<Outcome<PartKey>> removeUnnamed(PartKey any, @Nullable Manifest manifest, Terms terms) {
        Predicate<PartKey> isNamed = key -> manifest != null && manifest.names(key.data());
        Bytes prefix = PartKey.prefix(any.object(), any.upload());
        return forEach(PartKey.partsSpace(any.object().space()), prefix, entry -> {
                    PartKey key = partKey(entry.key());
                    return !entry.state().isLive() || isNamed.test(key)
                            ? completed(new Done<>(entry))
                            : remove(key, terms).thenApply(end -> end.map(done -> entry));
                })
                .thenApply(end -> end.map(done -> any));
    }

    /** What an upload that is not open became: the manifest of the version that names its parts, if there is one. */
    protected CompletionStage<Outcome<Optional<Manifest>>> manifest(RegisterKey key, UploadId upload, Head head) {
        Optional<ClosedUpload> closed = head.closed(upload);
        if (closed.isEmpty()) {
            return search(key, upload);
        }
        ClosedUpload.Completed completed = closed.get().completed();
        return completed == null ? completed(new Done<>(Optional.empty())) : manifest(key, completed.version());
    }

    /** The manifest of a version; empty when the version is gone. */
    protected CompletionStage<Outcome<Optional<Manifest>>> manifest(RegisterKey key, VersionId version) {
        return readVersions(key, version, 1)
                .thenApply(end -> manifest(end, one -> one.id().equals(version)));
    }

    /** Looks through all versions: only for uploads that were closed so long ago that the head forgot them. */
    private CompletionStage<Outcome<Optional<Manifest>>> search(RegisterKey key, UploadId upload) {
        return readVersions(key, null, Integer.MAX_VALUE)
                .thenApply(end -> manifest(end, one -> upload.equals(one.upload())));
    }

    private Outcome<Optional<Manifest>> manifest(Outcome<ReadVersions> end, Predicate<Version> wanted) {
        if (!(end instanceof Done<ReadVersions> done)) {
            return end.failed();
        }
        Version current = done.value().head().current();
        if (current != null && wanted.test(current)) {
            return new Done<>(Optional.ofNullable(current.manifest()));
        }
        for (VersionEdit.Add older : done.value().older()) {
            Outcome<Version> version = decode(older);
            if (!(version instanceof Done<Version> one)) {
                return version.failed();
            }
            if (wanted.test(one.value())) {
                return new Done<>(Optional.ofNullable(one.value().manifest()));
            }
        }
        return new Done<>(Optional.empty());
    }

    /** Shows all registers of a space whose keys begin with the prefix, one after the other, until one fails. */
    CompletionStage<Outcome<Bytes>> forEach(
            long space, Bytes prefix, Function<Scan.Entry, CompletionStage<Outcome<Scan.Entry>>> step) {
        Position first = new Position(prefix, null);
        return Repeat.until(
                        first,
                        at -> at.from() == null || at.failed() != null,
                        at -> page(space, prefix, java.util.Objects.requireNonNull(at.from(), "the end"), step))
                .thenApply(end -> end.failed() != null ? end.failed() : new Done<>(prefix));
    }

    private record Position(@Nullable Bytes from, @Nullable Outcome<Bytes> failed) {}

    private CompletionStage<Position> page(
            long space, Bytes prefix, Bytes from, Function<Scan.Entry, CompletionStage<Outcome<Scan.Entry>>> step) {
        return scan.page(new Scan.Range(space, prefix, from, PAGE_ENTRIES_MAX)).thenCompose(outcome -> {
            if (!(outcome instanceof Scan.Page page)) {
                return completed(new Position(from, new Unavailable<>(outcome.toString())));
            }
            Outcome<Integer> first = new Done<>(0);
            int count = page.entries().size();
            return Repeat.until(
                            first,
                            at -> !(at instanceof Done<Integer> done) || done.value() == count,
                            at -> at.then(i -> step.apply(page.entries().get(i)).thenApply(end -> end.map(e -> i + 1))))
                    .thenApply(end -> end instanceof Done<Integer>
                            ? new Position(page.next(), null)
                            : new Position(from, end.failed()));
        });
    }

    private static Outcome<Found> found(Scan.Entry entry) {
        try {
            PartRecord record = PartRecordFormat.decode(entry.state().value());
            State state = entry.state();
            return new Done<>(new Found(partKey(entry.key()), record, state.content(), state.timeMicros()));
        } catch (IOException damage) {
            return new Refused<>(Refusal.DAMAGED);
        }
    }
}
