package io.azekura.persistence.simulation;

import static io.azekura.persistence.simulation.PlantedBench.KEY;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.object.Bodies;
import io.azekura.persistence.object.ChangeId;
import io.azekura.persistence.object.ClosedUpload;
import io.azekura.persistence.object.HeadFormat;
import io.azekura.persistence.object.Identifiers;
import io.azekura.persistence.object.ObjectChanges;
import io.azekura.persistence.object.Outbox;
import io.azekura.persistence.object.Outcome;
import io.azekura.persistence.object.PartKey;
import io.azekura.persistence.object.PartRecord;
import io.azekura.persistence.object.Parts;
import io.azekura.persistence.object.Ports;
import io.azekura.persistence.object.Precondition;
import io.azekura.persistence.object.Stamp;
import io.azekura.persistence.object.Terms;
import io.azekura.persistence.object.UploadId;
import io.azekura.persistence.object.Uploads;
import io.azekura.persistence.object.VersionId;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.State;
import io.azekura.persistence.replica.Request;
import io.azekura.persistence.replica.VersionReads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Objects, uploads and outboxes over a few replicas, step by step. Each schedule tells whether a promise is broken. */
final class PlantedDesk implements Identifiers, Bodies {
    private static final Terms TERMS = new Terms(Terms.Versioning.UNVERSIONED, false, true, 1);

    private final PlantedBench bench;
    private final ObjectChanges changes;
    private final Uploads uploads;
    private final Outbox outbox;
    private final List<RegisterKey> delivered = new ArrayList<>();
    private boolean takes = true;
    private long clockMicros = PlantedBench.WALL_MICROS;
    private long count;

    private PlantedDesk(Variant variant) {
        bench = new PlantedBench(variant, 4);
        changes = variant.objectChanges();
        Scan scan = variant.scan(bench, bench);
        VersionReads versions = new VersionReads(bench, bench, key -> 0);
        Ports ports = new Ports(bench, scan, versions, this, this, changes);
        Parts parts = new Parts(ports);
        uploads = variant.uploads(ports, parts);
        outbox = variant.outbox(ports, parts, uploads, (key, entry) -> {
            if (takes) {
                delivered.add(key);
            }
            return CompletableFuture.completedStage(takes);
        });
    }

    private void put(String key, String value) {
        bench.propose(
                new RegisterKey(KEY.space(), Bytes.utf8(key)),
                bench.nextOperation(),
                changes.put(TERMS, nextStamp(), Precondition.NONE, Clients.object(value, Content.NONE, null)));
    }

    private void deliver() {
        outbox.deliverAll(KEY.space(), TERMS).toCompletableFuture().join();
    }

    /** The receiver was down when the entry was removed. */
    static boolean isLostInDelivery(Variant variant) {
        PlantedDesk desk = new PlantedDesk(variant);
        desk.put("a", "x1");
        desk.takes = false;
        desk.deliver();
        desk.takes = true;
        desk.deliver();
        return desk.delivered.isEmpty();
    }

    /** Another key is written later with a lower ballot. */
    static boolean isLostBelowCursor(Variant variant) {
        PlantedDesk desk = new PlantedDesk(variant);
        desk.put("a", "x1");
        desk.put("a", "x2");
        desk.deliver();
        int before = desk.delivered.size();
        desk.bench.nextProcess();
        desk.put("b", "x3");
        desk.deliver();
        return desk.delivered.size() == before;
    }

    /** An entry on one drive alone, of a change that never happens. */
    static boolean isDeliveredUnsettled(Variant variant) {
        PlantedDesk desk = new PlantedDesk(variant);
        desk.bench.network((drive, request) ->
                request instanceof Request.Store && drive > 0 ? PlantedBench.Fate.LOST : PlantedBench.Fate.ARRIVES);
        desk.put("a", "x1");
        desk.bench.calm();
        desk.bench.reach(0, 1);
        desk.deliver();
        return !desk.delivered.isEmpty();
    }

    // --- Version times ---

    private VersionId current() {
        try {
            Register.ReadOutcome outcome = bench.read(KEY).toCompletableFuture().join();
            State state = outcome instanceof Register.Value value ? value.state() : State.ABSENT;
            return Objects.requireNonNull(HeadFormat.of(state).current()).id();
        } catch (IOException damage) {
            throw new UncheckedIOException(damage);
        }
    }

    /** The clock of the second writer is a second late. */
    static boolean isNewerDatedOlder(Variant variant) {
        PlantedDesk desk = new PlantedDesk(variant);
        desk.put("k", "x1");
        VersionId first = desk.current();
        desk.clockMicros -= 1_000_000;
        desk.put("k", "x2");
        return desk.current().timeMicros() <= first.timeMicros();
    }

    // --- Uploads ---

    /** An upload with one part that was acknowledged. */
    private UploadId uploaded() {
        UploadId upload = nextUpload();
        Outcome<UploadId> begun =
                uploads.begin(KEY, TERMS, Bytes.EMPTY).toCompletableFuture().join();
        if (begun instanceof Outcome.Done<UploadId> done) {
            upload = done.value();
        }
        PartRecord record = new PartRecord(2, "p1", Bytes.EMPTY);
        uploads.uploadPart(
                        new PartKey(KEY, upload, 1, nextData()), TERMS, record, new Parts.NewPart(Content.NONE, null))
                .toCompletableFuture()
                .join();
        return upload;
    }

    /** The ETag of the object that the upload became, or nothing when it is refused. */
    private @Nullable String complete(UploadId upload, String etag) {
        Outcome<ClosedUpload.Completed> end = uploads.complete(
                        KEY,
                        TERMS,
                        Precondition.NONE,
                        upload,
                        List.of(new Uploads.NamedPart(1, "p1")),
                        (record, found) -> new Uploads.Assembled(etag, Bytes.EMPTY),
                        Bytes.EMPTY)
                .toCompletableFuture()
                .join();
        return end instanceof Outcome.Done<ClosedUpload.Completed> done
                ? done.value().etag()
                : null;
    }

    /** A client whose first completion was done, and who did not hear of it, asks again. */
    static boolean isRepetitionRefused(Variant variant) {
        PlantedDesk desk = new PlantedDesk(variant);
        UploadId upload = desk.uploaded();
        return "x".equals(desk.complete(upload, "x")) && !"x".equals(desk.complete(upload, "x"));
    }

    /** A second completion comes between the first one's look and its write. */
    static boolean isCompletedTwice(Variant variant) {
        PlantedDesk desk = new PlantedDesk(variant);
        UploadId upload = desk.uploaded();
        List<String> other = new ArrayList<>();
        desk.bench.network((drive, request) -> {
            if (isStoreOfHead(request) && other.isEmpty()) {
                desk.bench.calm();
                desk.bench.nextProcess();
                other.add(String.valueOf(desk.complete(upload, "x2")));
            }
            return PlantedBench.Fate.ARRIVES;
        });
        String first = desk.complete(upload, "x1");
        return "x1".equals(first) && other.contains("x2");
    }

    /** An abortion does not come through, and the client completes the upload instead. */
    static boolean isPartLost(Variant variant) {
        PlantedDesk desk = new PlantedDesk(variant);
        UploadId upload = desk.uploaded();
        desk.bench.network(
                (drive, request) -> isStoreOfHead(request) ? PlantedBench.Fate.LOST : PlantedBench.Fate.ARRIVES);
        desk.uploads.abort(KEY, TERMS, upload).toCompletableFuture().join();
        desk.bench.calm();
        return desk.complete(upload, "x") == null;
    }

    private static boolean isStoreOfHead(Request request) {
        return request instanceof Request.Store store && store.key().equals(KEY);
    }

    @Override
    public OperationId nextOperation() {
        return bench.nextOperation();
    }

    @Override
    public Stamp nextStamp() {
        return new Stamp(clockMicros + ++count, count, new ChangeId(1, count));
    }

    @Override
    public UploadId nextUpload() {
        return new UploadId(1, ++count);
    }

    @Override
    public DataId nextData() {
        return new DataId(5, ++count);
    }

    @Override
    public CompletionStage<WholeOutcome> whole(RegisterKey key, Content.Whole content) {
        return CompletableFuture.completedStage(new Unreadable("no bodies here"));
    }

    @Override
    public CompletionStage<CopyOutcome> copy(List<Source> sources, RegisterKey target) {
        return CompletableFuture.completedStage(new Unreadable("no bodies here"));
    }
}
