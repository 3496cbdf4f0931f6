package io.azekura.persistence.object;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.ClosedUpload.Completed;
import io.azekura.persistence.object.Outcome.Done;
import io.azekura.persistence.object.Outcome.Refused;
import io.azekura.persistence.object.Parts.Found;
import io.azekura.persistence.object.Parts.NewPart;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Multipart uploads. The head of the key holds the open ones, so that a completion is one write that closes the upload
 * and makes the object, all or nothing; the parts are registers of their own beside it.
 */
public class Uploads extends Procedure {
    private final Parts parts;

    public Uploads(Ports ports, Parts parts) {
        super(ports);
        this.parts = parts;
    }

    /** A part as a client names it when it completes an upload. */
    public record NamedPart(int number, String etag) {}

    /** What an object of parts is called: known only when the parts are. */
    @FunctionalInterface
    public interface Assembly {
        /** {@code uploadRecord} is what was said when the upload began, nothing if that was lost. */
        Assembled assemble(Bytes uploadRecord, List<Found> parts);
    }

    /** ETag and record of an object of parts. */
    public record Assembled(String etag, Bytes record) {}

    /** Opens an upload; {@code record} is given back when it is completed. */
    public CompletionStage<Outcome<UploadId>> begin(RegisterKey key, Terms terms, Bytes record) {
        UploadId upload = identifiers.nextUpload();
        PartKey recordKey = new PartKey(key, upload, PartKey.UPLOAD_RECORD, identifiers.nextData());
        // The head comes first, for what is not open may be swept away at any time.
        return apply(key, changes.beginUpload(terms, identifiers.nextStamp(), upload))
                .thenCompose(end -> end.then(
                        done -> add(recordKey, terms, new PartRecord(0, "", record), new NewPart(Content.NONE, null))
                                .thenApply(added -> added.map(one -> upload))));
    }

    /** Stores one attempt at a part, whose bytes are durable under the data id unless they are whole. */
    public CompletionStage<Outcome<PartKey>> uploadPart(PartKey part, Terms terms, PartRecord record, NewPart body) {
        return read(part.object())
                .thenCompose(end -> end.then(read -> read.head().isOpen(part.upload())
                        ? add(part, terms, record, body)
                        : completed(new Refused<>(Refusal.NO_SUCH_UPLOAD))));
    }

    /**
     * Creates the register of a part, and looks again: if the upload was closed meanwhile, whoever reclaimed its parts
     * may have missed this one, which is removed unless the completion named it.
     */
    protected CompletionStage<Outcome<PartKey>> add(PartKey part, Terms terms, PartRecord record, NewPart body) {
        return parts.create(part, terms, record, body)
                .thenCompose(end -> end.then(created -> read(part.object())))
                .thenCompose(end -> end.then(read -> read.head().isOpen(part.upload())
                        ? completed(new Done<>(part))
                        : addedTooLate(part, terms, read.head())));
    }

    private CompletionStage<Outcome<PartKey>> addedTooLate(PartKey part, Terms terms, Head head) {
        return parts.manifest(part.object(), part.upload(), head)
                .thenCompose(end -> end.then(manifest -> {
                    if (manifest.isPresent() && manifest.get().names(part.data())) {
                        return completed(new Done<>(part));
                    }
                    return parts.remove(part, terms)
                            .thenApply(removed ->
                                    removed instanceof Done<PartKey> ? new Refused<>(Refusal.NO_SUCH_UPLOAD) : removed);
                }));
    }

    /** The parts of an open upload, of several attempts at one number the last, in order of their numbers. */
    public CompletionStage<Outcome<List<Found>>> parts(RegisterKey key, UploadId upload) {
        TreeMap<Integer, Found> found = new TreeMap<>();
        return read(key)
                .thenCompose(end -> end.then(read -> {
                    if (!read.head().isOpen(upload)) {
                        return completed(new Refused<>(Refusal.NO_SUCH_UPLOAD));
                    }
                    return parts.forEach(
                                    any(key, upload),
                                    part -> found.merge(part.key().number(), part, Uploads::later))
                            .thenApply(shown -> shown.map(done -> {
                                found.remove(PartKey.UPLOAD_RECORD);
                                return List.copyOf(found.values());
                            }));
                }));
    }

    /** Makes the named parts the object. A repetition gets the same answer while the head remembers it. */
    public CompletionStage<Outcome<Completed>> complete(
            RegisterKey key,
            Terms terms,
            Precondition precondition,
            UploadId upload,
            List<NamedPart> named,
            Assembly assembly,
            Bytes payload) {
        if (!isAscending(named)) {
            return completed(new Refused<>(Refusal.INVALID_PART_ORDER));
        }
        Stamp stamp = identifiers.nextStamp();
        return retrying(() -> read(key)
                .thenCompose(end -> end.then(read -> {
                    if (!read.head().isOpen(upload)) {
                        return completed(completedBefore(read.head(), upload));
                    }
                    return select(key, upload, named)
                            .thenCompose(chosen -> chosen.then(selection -> {
                                NewObject object = assemble(upload, selection, assembly, payload);
                                ObjectChange change =
                                        changes.completeUpload(terms, stamp, precondition, upload, object);
                                return apply(key, change).thenApply(applied -> closedMeanwhile(applied)
                                        .map(Uploads::completed));
                            }));
                })));
    }

    /** Closes an upload and discards its parts. A repetition gets the same answer while the head remembers it. */
    public CompletionStage<Outcome<UploadId>> abort(RegisterKey key, Terms terms, UploadId upload) {
        Stamp stamp = identifiers.nextStamp();
        return retrying(() -> read(key)
                .thenCompose(end -> end.then(read -> {
                    if (!read.head().isOpen(upload)) {
                        Optional<ClosedUpload> closed = read.head().closed(upload);
                        boolean wasAborted = closed.isPresent() && closed.get().completed() == null;
                        return completed(wasAborted ? new Done<>(upload) : new Refused<>(Refusal.NO_SUCH_UPLOAD));
                    }
                    return apply(key, changes.abortUpload(terms, stamp, upload))
                            .thenApply(applied -> closedMeanwhile(applied).map(done -> upload));
                })));
    }

    /** Removes the parts of a closed upload that no version names: what a reclaim entry asks for. */
    public CompletionStage<Outcome<UploadId>> reclaim(
            RegisterKey key, Terms terms, UploadId upload, @Nullable VersionId keeps) {
        CompletionStage<Outcome<Optional<Manifest>>> manifest =
                keeps == null ? completed(new Done<>(Optional.empty())) : parts.manifest(key, keeps);
        return manifest.thenCompose(
                        end -> end.then(kept -> parts.removeUnnamed(any(key, upload), kept.orElse(null), terms)))
                .thenApply(end -> end.map(done -> upload));
    }

    /** Shortest part other than the last, in bytes. */
    protected long partBytesMin() {
        return 5L << 20;
    }

    private record Selection(Bytes record, List<Found> parts) {}

    /** Finds the named parts: of several attempts with the same ETag the last. */
    protected CompletionStage<Outcome<Selection>> select(RegisterKey key, UploadId upload, List<NamedPart> named) {
        Map<Integer, String> etags = new HashMap<>();
        named.forEach(part -> etags.put(part.number(), part.etag()));
        etags.put(PartKey.UPLOAD_RECORD, "");
        Map<Integer, Found> found = new HashMap<>();
        return parts.forEach(any(key, upload), part -> {
                    if (part.record().etag().equals(etags.get(part.key().number()))) {
                        found.merge(part.key().number(), part, Uploads::later);
                    }
                })
                .thenCompose(end -> end.then(done -> {
                    Refusal refusal = judge(named, found);
                    if (refusal != null) {
                        return refuseIfOpen(key, upload, refusal);
                    }
                    Found record = found.get(PartKey.UPLOAD_RECORD);
                    List<Found> chosen = new ArrayList<>(named.size());
                    named.forEach(part -> chosen.add(found.get(part.number())));
                    Bytes said = record == null ? Bytes.EMPTY : record.record().record();
                    return completed(new Done<>(new Selection(said, chosen)));
                }));
    }

    private @Nullable Refusal judge(List<NamedPart> named, Map<Integer, Found> found) {
        for (int i = 0; i < named.size(); i++) {
            Found part = found.get(named.get(i).number());
            if (part == null) {
                return Refusal.INVALID_PART;
            }
            if (i < named.size() - 1 && part.record().size() < partBytesMin()) {
                return Refusal.PART_TOO_SMALL;
            }
        }
        return null;
    }

    /** Parts that are missing may have been reclaimed because the upload was closed: then that is the answer. */
    private CompletionStage<Outcome<Selection>> refuseIfOpen(RegisterKey key, UploadId upload, Refusal refusal) {
        return read(key)
                .thenApply(end -> end instanceof Done<Read> done
                        ? new Refused<>(done.value().head().isOpen(upload) ? refusal : Refusal.RETRY)
                        : end.failed());
    }

    private static NewObject assemble(UploadId upload, Selection selection, Assembly assembly, Bytes payload) {
        List<Manifest.Part> list = new ArrayList<>(selection.parts().size());
        for (Found part : selection.parts()) {
            list.add(new Manifest.Part(
                    part.key().number(), part.key().data(), part.record().size()));
        }
        Manifest manifest = new Manifest(upload, list);
        Assembled assembled = assembly.assemble(selection.record(), selection.parts());
        return new NewObject(
                manifest.size(), assembled.etag(), assembled.record(), Content.NONE, null, manifest, payload);
    }

    /** What a repeated completion answers. */
    protected Outcome<Completed> completedBefore(Head head, UploadId upload) {
        Optional<ClosedUpload> closed = head.closed(upload);
        Completed completed = closed.isEmpty() ? null : closed.get().completed();
        return completed == null ? new Refused<>(Refusal.NO_SUCH_UPLOAD) : new Done<>(completed);
    }

    /** Somebody else closed the upload between the read and the change: the next read tells how. */
    private static Outcome<ObjectChange> closedMeanwhile(Outcome<ObjectChange> end) {
        boolean isClosed = end instanceof Refused<ObjectChange> refused && refused.refusal() == Refusal.UPLOAD_CLOSED;
        return isClosed ? new Refused<>(Refusal.RETRY) : end;
    }

    private static Completed completed(ObjectChange change) {
        Version version = java.util.Objects.requireNonNull(change.made(), "a version was put");
        return new Completed(version.etag(), version.id(), version.isNull());
    }

    private boolean isAscending(List<NamedPart> named) {
        boolean isAscending = !named.isEmpty() && named.get(0).number() > PartKey.UPLOAD_RECORD;
        for (int i = 1; i < named.size(); i++) {
            isAscending &= named.get(i - 1).number() < named.get(i).number();
        }
        return isAscending && named.size() <= Manifest.PARTS_MAX;
    }

    private static Found later(Found one, Found other) {
        Comparator<Found> order = Comparator.comparingLong(Found::timeMicros)
                .thenComparing(part -> part.key().data());
        return order.compare(one, other) >= 0 ? one : other;
    }

    /** Stands for all parts of an upload. */
    private static PartKey any(RegisterKey key, UploadId upload) {
        return new PartKey(key, upload, PartKey.UPLOAD_RECORD, new io.azekura.persistence.model.DataId(0, 0));
    }
}
