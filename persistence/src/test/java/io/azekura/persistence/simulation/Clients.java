package io.azekura.persistence.simulation;

import io.azekura.persistence.journal.Journal;
import io.azekura.persistence.journal.JournalEvent;
import io.azekura.persistence.journal.JournalWriter;
import io.azekura.persistence.journal.WriterId;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.ClosedUpload;
import io.azekura.persistence.object.Head;
import io.azekura.persistence.object.HeadFormat;
import io.azekura.persistence.object.Manifest;
import io.azekura.persistence.object.NewObject;
import io.azekura.persistence.object.Objects;
import io.azekura.persistence.object.Outcome;
import io.azekura.persistence.object.PartKey;
import io.azekura.persistence.object.PartRecord;
import io.azekura.persistence.object.Parts;
import io.azekura.persistence.object.Precondition;
import io.azekura.persistence.object.Refusal;
import io.azekura.persistence.object.Terms;
import io.azekura.persistence.object.UploadId;
import io.azekura.persistence.object.Uploads;
import io.azekura.persistence.object.Version;
import io.azekura.persistence.object.VersionId;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.simulation.history.Call;
import io.azekura.persistence.simulation.history.HistoryRecorder;
import io.azekura.persistence.simulation.history.Result;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The clients of a history: each does its deeds one after the other, and all that they see is recorded. */
final class Clients {
    static final String PLAIN = "plain";
    static final String VERSIONED = "versioned";
    static final long PLAIN_SPACE = 0x1000;
    static final long VERSIONED_SPACE = 0x2000;
    private static final long RETRY_MICROS = 3_000;
    private static final int READS_MAX = 6;
    private static final int PAGE = 3;

    private final World world;
    private final BucketDeeds buckets;
    private final HistoryRecorder recorder = new HistoryRecorder();
    private final Map<Integer, Client> clients = new TreeMap<>();
    private final Map<String, String> lastValue = new HashMap<>();
    private final Map<String, List<VersionId>> knownVersions = new HashMap<>();
    private final Set<VersionId> markers = new HashSet<>();
    private final Map<String, Long> journalEnds = new HashMap<>();
    private final Map<String, OpenUpload> openUploads = new HashMap<>();
    private long values;
    private int acknowledged;

    /** What the clients of a key know about the upload that one of them began. */
    private static final class OpenUpload {
        private final UploadId id;
        private final List<Call.NamedPart> parts = new ArrayList<>();

        private OpenUpload(UploadId id) {
            this.id = id;
        }
    }

    /** How an operation ended for its client. */
    sealed interface End {}

    record Ok(Result result) implements End {}

    record Failed(String reason) implements End {}

    record Lost(String reason) implements End {}

    Clients(World world) {
        this.world = world;
        this.buckets = new BucketDeeds(world, this::nextValue);
    }

    HistoryRecorder recorder() {
        return recorder;
    }

    int acknowledged() {
        return acknowledged;
    }

    void add(Deed deed) {
        world.kernel().after(deed.atMicros(), () -> client(deed.client()).enqueue(deed));
    }

    private Client client(int number) {
        return clients.computeIfAbsent(number, Client::new);
    }

    boolean isIdle() {
        return clients.values().stream().allMatch(client -> !client.busy && client.deeds.isEmpty());
    }

    /** A gateway died: what its clients wait for will never come. */
    void abandon(Session session) {
        clients.values().stream().filter(client -> client.session == session).forEach(Client::abandon);
    }

    private final class Client {
        private final int number;
        private final Queue<Deed> deeds = new ArrayDeque<>();
        private @Nullable Session session;
        private @Nullable JournalWriter writer;
        private @Nullable Session writerSession;
        private boolean busy;
        private int turn;

        private Client(int number) {
            this.number = number;
        }

        private void enqueue(Deed deed) {
            deeds.add(deed);
            next();
        }

        private void next() {
            if (busy || deeds.isEmpty()) {
                return;
            }
            Session free = world.session(number);
            if (free == null) {
                world.kernel().after(RETRY_MICROS, this::next);
                return;
            }
            busy = true;
            session = free;
            turn++;
            Deed deed = java.util.Objects.requireNonNull(deeds.poll());
            perform(free, deed);
        }

        private void abandon() {
            turn++;
            session = null;
            writer = null;
            busy = false;
            world.kernel().after(RETRY_MICROS, this::next);
        }

        private void done(int mine) {
            if (mine == turn) {
                busy = false;
                session = null;
                next();
            }
        }

        private void call(Call call, java.util.function.Supplier<CompletionStage<End>> action) {
            int mine = turn;
            recorded(call, action).thenAccept(end -> done(mine));
        }

        /** Completes once the call is recorded to have ended: never, if the client gave it up. */
        private CompletionStage<End> recorded(Call call, java.util.function.Supplier<CompletionStage<End>> action) {
            int mine = turn;
            CompletableFuture<End> ended = new CompletableFuture<>();
            int id = recorder.invoke("c" + number, call);
            world.kernel().say("c" + number + " " + id + " begins " + call);
            action.get().whenComplete((end, failure) -> {
                if (mine != turn) {
                    return;
                }
                if (failure != null) {
                    world.broken("an operation threw " + failure + ": " + call);
                    recorder.unknown(id);
                } else if (end instanceof Ok ok) {
                    recorder.ok(id, ok.result());
                    acknowledged++;
                } else if (end instanceof Failed failed) {
                    recorder.failed(id, failed.reason());
                } else {
                    recorder.unknown(id);
                }
                world.kernel()
                        .note(
                                "end " + id,
                                end == null ? 0 : end.getClass().getSimpleName().hashCode());
                world.kernel().say("c" + number + " " + id + " ends " + end);
                ended.complete(end == null ? new Lost("threw") : end);
            });
            return ended;
        }

        private void bucket(Session free, Deed deed) {
            int mine = turn;
            buckets.perform(free, deed, this::recorded).whenComplete((done, failure) -> {
                if (failure != null) {
                    world.broken("a deed threw " + failure + ": " + deed);
                }
                done(mine);
            });
        }

        private void perform(Session free, Deed deed) {
            switch (deed.kind()) {
                case PUT, PUT_LARGE, PUT_IF_ABSENT, PUT_IF_MATCH -> put(free, deed);
                case GET, HEAD -> get(free, deed);
                case DELETE -> delete(free, deed);
                case COPY -> copy(free, deed);
                case LIST -> list(free);
                case VERSION_PUT, VERSION_MARK, VERSION_DELETE, VERSION_GET, VERSION_LIST -> versioned(free, deed);
                case UPLOAD_BEGIN, UPLOAD_PART, UPLOAD_COMPLETE, UPLOAD_ABORT -> upload(free, deed);
                case JOURNAL_APPEND, JOURNAL_REPLAY, JOURNAL_DELETE -> journal(free, deed);
                case BUCKET_CREATE, BUCKET_DELETE, BUCKET_RECONFIGURE, BUCKET_PUT, BUCKET_REMOVE, BUCKET_LIST ->
                    bucket(free, deed);
            }
        }

        private void put(Session free, Deed deed) {
            String name = "k" + deed.key();
            RegisterKey key = key(PLAIN_SPACE, name);
            String value = nextValue();
            String expected = lastValue.getOrDefault(name, "none");
            Precondition precondition = Precondition.NONE;
            Call call = new Call.Put(PLAIN, name, value);
            if (deed.kind() == Deed.Kind.PUT_IF_ABSENT) {
                precondition = new Precondition.Absent();
                call = new Call.PutIfAbsent(PLAIN, name, value);
            } else if (deed.kind() == Deed.Kind.PUT_IF_MATCH) {
                precondition = new Precondition.Matches(expected);
                call = new Call.PutIfMatch(PLAIN, name, expected, value);
            }
            Precondition so = precondition;
            call(call, () -> free.objects()
                    .putOnceStaged(key, terms(false), so, staged(free, key, value, deed.kind() == Deed.Kind.PUT_LARGE))
                    .thenApply(outcome -> end(outcome, done -> {
                        lastValue.put(name, value);
                        return Result.Done.DONE;
                    })));
        }

        private void get(Session free, Deed deed) {
            String name = "k" + deed.key();
            RegisterKey key = key(PLAIN_SPACE, name);
            boolean isHead = deed.kind() == Deed.Kind.HEAD;
            Call call = isHead ? new Call.Head(PLAIN, name) : new Call.Get(PLAIN, name);
            call(call, () -> read(free, key, isHead, 1));
        }

        private CompletionStage<End> read(Session free, RegisterKey key, boolean isHead, int attempt) {
            return free.objects().get(key).thenCompose(outcome -> {
                if (!(outcome instanceof Outcome.Done<Objects.Stored> done)) {
                    return now(end(outcome, never -> Result.Missing.MISSING));
                }
                Version version = done.value().version();
                String value = version.record().utf8();
                return isHead
                        ? now(new Ok(new Result.Found(value, null)))
                        : content(free, key, done.value()).thenCompose(bytes -> {
                            if (bytes.isEmpty() && attempt < READS_MAX) {
                                return read(free, key, false, attempt + 1);
                            }
                            return now(
                                    bytes.isEmpty()
                                            ? new Failed("the bytes cannot be had")
                                            : new Ok(new Result.Found(value, bytes.get())));
                        });
            });
        }

        /** The bytes, or nothing when they cannot be had. */
        private CompletionStage<Optional<String>> content(Session free, RegisterKey key, Objects.Stored stored) {
            Manifest manifest = stored.version().manifest();
            Bytes body = stored.body();
            if (body != null) {
                return now(Optional.of(body.utf8()));
            }
            return manifest == null
                    ? free.bodies().load(key, stored.content()).thenApply(bytes -> bytes.map(Bytes::utf8))
                    : parts(free, key, manifest, 0, "");
        }

        private CompletionStage<Optional<String>> parts(
                Session free, RegisterKey key, Manifest manifest, int next, String sofar) {
            if (next == manifest.parts().size()) {
                return now(Optional.of(sofar));
            }
            Manifest.Part part = manifest.parts().get(next);
            RegisterKey register = new PartKey(key, manifest.upload(), part.number(), part.data()).encode();
            return free.gateway().read(register).thenCompose(outcome -> {
                if (!(outcome instanceof Register.Value value) || !value.state().isLive()) {
                    return now(Optional.empty());
                }
                return free.bodies()
                        .load(register, value.state().content())
                        .thenCompose(bytes -> bytes.isEmpty()
                                ? now(Optional.empty())
                                : parts(
                                        free,
                                        key,
                                        manifest,
                                        next + 1,
                                        sofar
                                                + (next > 0 ? "+" : "")
                                                + bytes.get().utf8()));
            });
        }

        private void delete(Session free, Deed deed) {
            String name = "k" + deed.key();
            call(new Call.Delete(PLAIN, name), () -> free.objects()
                    .delete(key(PLAIN_SPACE, name), terms(false), Precondition.NONE, Bytes.EMPTY)
                    .thenApply(outcome -> end(outcome, done -> Result.Done.DONE)));
        }

        private void copy(Session free, Deed deed) {
            String from = "k" + deed.key();
            String to = "c" + deed.argument() % 2;
            String value = nextValue();
            call(new Call.Copy(PLAIN, from, PLAIN, to, value), () -> free.objects()
                    .copy(
                            key(PLAIN_SPACE, from),
                            null,
                            key(PLAIN_SPACE, to),
                            terms(false),
                            Precondition.NONE,
                            Bytes.utf8(value),
                            Bytes.EMPTY)
                    .thenApply(outcome -> end(outcome, version -> new Result.Copied(version.etag()))));
        }

        private void list(Session free) {
            call(new Call.ListKeys(PLAIN, "", ""), () -> pages(free, PLAIN_SPACE, Bytes.EMPTY, new ArrayList<>()));
        }

        private void versioned(Session free, Deed deed) {
            String name = "v" + deed.key();
            RegisterKey key = key(VERSIONED_SPACE, name);
            List<VersionId> known = knownVersions.computeIfAbsent(name, same -> new ArrayList<>());
            VersionId some = known.isEmpty() ? null : known.get((int) (deed.argument() % known.size()));
            Deed.Kind kind = deed.kind();
            if (kind == Deed.Kind.VERSION_GET && markers.contains(some)) {
                kind = Deed.Kind.VERSION_LIST;
            }
            if (some == null && (kind == Deed.Kind.VERSION_DELETE || kind == Deed.Kind.VERSION_GET)) {
                kind = Deed.Kind.VERSION_LIST;
            }
            switch (kind) {
                case VERSION_PUT -> {
                    String value = nextValue();
                    boolean isLarge = deed.argument() % 3 == 0;
                    call(new Call.VersionPut(VERSIONED, name, value), () -> free.objects()
                            .putOnceStaged(key, terms(true), Precondition.NONE, staged(free, key, value, isLarge))
                            .thenApply(outcome -> end(outcome, version -> {
                                known.add(version.id());
                                return new Result.Stored(version.id().toString());
                            })));
                }
                case VERSION_MARK ->
                    call(new Call.VersionMark(VERSIONED, name), () -> free.objects()
                            .delete(key, terms(true), Precondition.NONE, Bytes.EMPTY)
                            .thenApply(outcome -> end(outcome, deleted -> {
                                Version version = deleted.marker();
                                if (version == null) {
                                    return Result.Done.DONE;
                                }
                                known.add(version.id());
                                markers.add(version.id());
                                return new Result.Stored(version.id().toString());
                            })));
                case VERSION_DELETE -> {
                    VersionId id = java.util.Objects.requireNonNull(some);
                    call(new Call.VersionDelete(VERSIONED, name, id.toString()), () -> free.objects()
                            .deleteVersion(key, terms(true), id, Bytes.EMPTY)
                            .thenApply(outcome -> end(outcome, version -> Result.Done.DONE)));
                }
                case VERSION_GET -> {
                    VersionId id = java.util.Objects.requireNonNull(some);
                    call(new Call.VersionGet(VERSIONED, name, id.toString()), () -> readVersion(free, key, id, 1));
                }
                default ->
                    call(new Call.VersionList(VERSIONED, name), () -> free.objects()
                            .listVersions(key, null, 1000)
                            .thenApply(outcome -> end(outcome, page -> versions(page))));
            }
        }

        private CompletionStage<End> readVersion(Session free, RegisterKey key, VersionId id, int attempt) {
            return free.objects().getVersion(key, id).thenCompose(outcome -> {
                if (!(outcome instanceof Outcome.Done<Objects.Stored> done)
                        || done.value().version().isMarker()) {
                    return now(end(outcome, stored -> Result.Missing.MISSING));
                }
                String value = done.value().version().record().utf8();
                return content(free, key, done.value()).thenCompose(bytes -> {
                    if (bytes.isEmpty() && attempt < READS_MAX) {
                        return readVersion(free, key, id, attempt + 1);
                    }
                    return now(
                            bytes.isEmpty()
                                    ? new Failed("the bytes cannot be had")
                                    : new Ok(new Result.Found(value, bytes.get())));
                });
            });
        }

        private void upload(Session free, Deed deed) {
            String name = "m" + deed.key();
            RegisterKey key = key(PLAIN_SPACE, name);
            OpenUpload open = openUploads.get(name);
            if (deed.kind() == Deed.Kind.UPLOAD_BEGIN || open == null) {
                call(new Call.UploadBegin(PLAIN, name, "u" + values), () -> free.uploads()
                        .begin(key, terms(false), Bytes.EMPTY)
                        .thenApply(outcome -> end(outcome, id -> {
                            openUploads.put(name, new OpenUpload(id));
                            return Result.Done.DONE;
                        })));
                return;
            }
            String upload = open.id.toString();
            if (deed.kind() == Deed.Kind.UPLOAD_PART) {
                part(free, deed, name, key, open);
            } else if (deed.kind() == Deed.Kind.UPLOAD_ABORT) {
                call(new Call.UploadAbort(PLAIN, name, upload), () -> free.uploads()
                        .abort(key, terms(false), open.id)
                        .thenApply(outcome -> end(outcome, done -> Result.Done.DONE)));
            } else {
                complete(free, name, key, open);
            }
        }

        private void part(Session free, Deed deed, String name, RegisterKey key, OpenUpload open) {
            int number = 1 + (int) (deed.argument() % 3);
            String value = nextValue();
            var data = free.nextData();
            PartKey part = new PartKey(key, open.id, number, data);
            call(new Call.UploadPart(PLAIN, name, open.id.toString(), number, value), () -> {
                Bytes bytes = Bytes.utf8(value);
                var content = new io.azekura.persistence.register.Content.Whole(data, bytes.length());
                return free.uploads()
                        .uploadPart(
                                part,
                                terms(false),
                                new PartRecord(bytes.length(), value, Bytes.EMPTY),
                                new Parts.NewPart(content, bytes))
                        .thenApply(outcome -> end(outcome, done -> {
                            open.parts.removeIf(one -> one.number() == number);
                            open.parts.add(new Call.NamedPart(number, value));
                            return Result.Done.DONE;
                        }));
            });
        }

        private void complete(Session free, String name, RegisterKey key, OpenUpload open) {
            List<Call.NamedPart> parts = new ArrayList<>(open.parts);
            parts.sort(java.util.Comparator.comparingInt(Call.NamedPart::number));
            if (parts.isEmpty()) {
                done(turn);
                return;
            }
            Call.UploadComplete complete = new Call.UploadComplete(PLAIN, name, open.id.toString(), parts);
            List<Uploads.NamedPart> named = parts.stream()
                    .map(one -> new Uploads.NamedPart(one.number(), one.value()))
                    .toList();
            String composite = complete.composite();
            call(complete, () -> free.uploads()
                    .complete(
                            key,
                            terms(false),
                            Precondition.NONE,
                            open.id,
                            named,
                            (record, found) -> new Uploads.Assembled(composite, Bytes.utf8(composite)),
                            Bytes.EMPTY)
                    .thenApply(outcome ->
                            end(outcome, (ClosedUpload.Completed done) -> new Result.Completed(done.etag()))));
        }

        private void journal(Session free, Deed deed) {
            String pid = "p" + deed.key();
            if (deed.kind() == Deed.Kind.JOURNAL_REPLAY) {
                call(new Call.JournalReplay(pid), () -> free.journal()
                        .replay(pid, 1, Long.MAX_VALUE, 10_000)
                        .thenApply(outcome -> {
                            if (!(outcome instanceof Journal.Replayed replayed)) {
                                return journalFailure(outcome);
                            }
                            Journal.End end = replayed.end();
                            return new Ok(new Result.Replayed(
                                    replayed.events().stream()
                                            .map(one -> new Result.Event(
                                                    one.sequence(),
                                                    one.event().payload().utf8()))
                                            .toList(),
                                    end == null ? 0 : end.highest()));
                        }));
            } else if (deed.kind() == Deed.Kind.JOURNAL_DELETE) {
                long end = journalEnds.getOrDefault(pid, 0L);
                if (end == 0) {
                    done(turn);
                    return;
                }
                long to = Math.max(1, end - deed.argument() % 4);
                call(new Call.JournalDelete(pid, to), () -> free.journal()
                        .deleteTo(pid, to)
                        .thenApply(outcome -> outcome instanceof Journal.Deleted
                                ? new Ok(Result.Done.DONE)
                                : new Lost(outcome.toString())));
            } else {
                append(free, deed, pid);
            }
        }

        private End journalFailure(Object outcome) {
            if (outcome instanceof Journal.Damaged) {
                world.broken("a journal is called damaged: " + outcome);
            }
            return new Failed(outcome.toString());
        }

        /** Appends as an incarnation of the entity that this client keeps as long as it can. */
        private void append(Session free, Deed deed, String pid) {
            int mine = turn;
            JournalWriter now = writer;
            if (now == null || writerSession != free || now.phase() != JournalWriter.Phase.WRITING) {
                JournalWriter fresh = new JournalWriter(
                        free.journal(), pid, new WriterId(number, world.kernel().now()));
                long[] highest = new long[1];
                fresh.replay(1, event -> highest[0] = event.sequence()).whenComplete((outcome, failure) -> {
                    if (mine != turn) {
                        return;
                    }
                    if (outcome instanceof Journal.Highest end) {
                        writer = fresh;
                        writerSession = free;
                        nextSequence = end.sequence() + 1;
                        appendNow(free, deed, pid, fresh);
                    } else {
                        done(mine);
                    }
                });
            } else {
                appendNow(free, deed, pid, now);
            }
        }

        private long nextSequence;

        private void appendNow(Session free, Deed deed, String pid, JournalWriter by) {
            List<String> events = new ArrayList<>();
            for (int i = 0; i <= deed.argument() % 2; i++) {
                events.add(nextValue());
            }
            List<JournalEvent> batch = events.stream()
                    .map(event -> new JournalEvent(1, Bytes.utf8(event)))
                    .toList();
            String incarnation = free.gateway().process() + "/" + System.identityHashCode(by) % 1;
            call(new Call.JournalAppend(pid, incarnation, nextSequence, events), () -> by.append(batch)
                    .thenApply(outcome -> {
                        if (outcome instanceof Journal.Appended appended) {
                            nextSequence = appended.last() + 1;
                            journalEnds.merge(pid, appended.last(), Math::max);
                            return new Ok(Result.Done.DONE);
                        }
                        return outcome instanceof Journal.OutcomeUnknown
                                ? new Lost(outcome.toString())
                                : new Failed(outcome.toString());
                    }));
        }
    }

    static CompletionStage<End> pages(Session free, long space, Bytes from, List<Result.Entry> sofar) {
        return free.scan().page(new Scan.Range(space, Bytes.EMPTY, from, PAGE)).thenCompose(outcome -> {
            if (!(outcome instanceof Scan.Page page)) {
                return now(new Failed(outcome.toString()));
            }
            for (Scan.Entry entry : page.entries()) {
                Version current = head(entry).current();
                if (current != null && !current.isMarker()) {
                    sofar.add(new Result.Entry(
                            entry.key().key().utf8(), current.record().utf8()));
                }
            }
            Bytes next = page.next();
            return next == null ? now(new Ok(new Result.Page(sofar, false))) : pages(free, space, next, sofar);
        });
    }

    private static Result versions(Objects.VersionsPage page) {
        List<Result.Version> all = new ArrayList<>();
        for (Version version : page.versions()) {
            all.add(new Result.Version(
                    version.id().toString(),
                    version.id().timeMicros(),
                    version.isMarker() ? null : version.record().utf8()));
        }
        return new Result.Versions(all, all.size());
    }

    static Head head(Scan.Entry entry) {
        try {
            return HeadFormat.of(entry.state());
        } catch (IOException damage) {
            throw new IllegalStateException("a head that cannot be decoded: " + entry.key(), damage);
        }
    }

    static <T> End end(Outcome<T> outcome, Function<T, Result> result) {
        if (outcome instanceof Outcome.Done<T> done) {
            return new Ok(result.apply(done.value()));
        }
        if (outcome instanceof Outcome.Refused<T> refused) {
            return refusal(refused.refusal());
        }
        return outcome instanceof Outcome.Unknown ? new Lost(outcome.toString()) : new Failed(outcome.toString());
    }

    private static End refusal(Refusal refusal) {
        return switch (refusal) {
            case PRECONDITION_FAILED -> new Ok(Result.Refusal.PRECONDITION_FAILED);
            case NO_SUCH_KEY -> new Ok(Result.Refusal.NO_SUCH_KEY);
            case NO_SUCH_VERSION -> new Ok(Result.Missing.MISSING);
            case NO_SUCH_UPLOAD, UPLOAD_CLOSED -> new Ok(Result.Refusal.NO_SUCH_UPLOAD);
            default -> new Failed(refusal.toString());
        };
    }

    private String nextValue() {
        return "x" + ++values;
    }

    /** An object on its way to the drives. */
    static CompletionStage<NewObject> staged(Session session, RegisterKey key, String value, boolean isLarge) {
        return session.bodies()
                .store(key, Bytes.utf8(value), isLarge)
                .thenApply(stored -> object(value, stored.content(), stored.body()));
    }

    static NewObject object(String value, io.azekura.persistence.register.Content content, @Nullable Bytes body) {
        return new NewObject(value.length(), value, Bytes.utf8(value), content, body);
    }

    static Terms terms(boolean isVersioned) {
        return new Terms(
                isVersioned ? Terms.Versioning.VERSIONED : Terms.Versioning.UNVERSIONED, false, isVersioned, 1);
    }

    /** Those of a bucket that comes and goes. */
    static Terms terms(long configVersion) {
        return new Terms(Terms.Versioning.UNVERSIONED, false, false, configVersion);
    }

    static RegisterKey key(long space, String name) {
        return new RegisterKey(space, Bytes.utf8(name));
    }

    private static <T> CompletionStage<T> now(T value) {
        return java.util.concurrent.CompletableFuture.completedStage(value);
    }
}
