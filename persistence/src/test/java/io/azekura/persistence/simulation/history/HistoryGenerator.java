package io.azekura.persistence.simulation.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes correct histories: calls whose intervals overlap, each taking effect in a {@link ReferenceStore} at one moment of
 * its interval. Some outcomes get lost; such a call takes effect late or never.
 */
final class HistoryGenerator {

    private record Event(long tick, int order, Runnable action) {}

    private final Random random;
    private final int keys;
    private final int unknownPercent;
    private final ReferenceStore store = new ReferenceStore();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::tick).thenComparingInt(Event::order));
    private final List<Operation> operations = new ArrayList<>();
    private final Map<KeyName, TreeMap<Long, Optional<String>>> past = new HashMap<>();
    private final List<Integer> pages = new ArrayList<>();
    private long now;
    private int order;
    private int values;
    private int ids;

    HistoryGenerator(long seed, int keys, int unknownPercent) {
        random = new Random(seed);
        this.keys = keys;
        this.unknownPercent = unknownPercent;
        store.apply(new Call.BucketCreate("b"));
        store.apply(new Call.BucketCreate("v"));
    }

    /** A history of objects in one bucket. */
    History objects(int count, int spreadTicks) {
        return run(count, spreadTicks, this::anyOnObject);
    }

    /** A history of everything there is. */
    History everything(int count, int spreadTicks) {
        return run(count, spreadTicks, this::anything);
    }

    private History run(int count, int spreadTicks, Supplier<Call> calls) {
        for (int i = 0; i < count; i++) {
            at(1 + random.nextInt(Math.max(1, count * spreadTicks / 8)), () -> invoke(calls.get(), spreadTicks));
        }
        while (!events.isEmpty()) {
            Event event = events.remove();
            now = event.tick();
            event.action().run();
        }
        return new History(operations.stream().map(this::withPage).toList());
    }

    private void at(long tick, Runnable action) {
        events.add(new Event(tick, order++, action));
    }

    private void invoke(Call call, int spreadTicks) {
        int id = ids++;
        long invokedAt = now;
        boolean isLost = random.nextInt(100) < unknownPercent;
        long effectAt = invokedAt + random.nextInt(spreadTicks * (isLost ? 4 : 1));
        long returnedAt = isLost ? invokedAt + random.nextInt(spreadTicks) : effectAt + random.nextInt(spreadTicks);
        String client = "c" + id % 7;
        if (isLost) {
            long given = random.nextBoolean() ? returnedAt : Operation.NEVER;
            operations.add(new Operation(id, client, invokedAt, given, call, Outcome.Unknown.UNKNOWN));
            if (random.nextBoolean()) {
                at(effectAt, () -> apply(call));
            }
        } else if (random.nextInt(25) == 0) {
            operations.add(new Operation(id, client, invokedAt, returnedAt, call, new Outcome.Failed("refused")));
        } else {
            at(effectAt, () -> {
                Outcome outcome = apply(call).<Outcome>map(Outcome.Ok::new).orElse(new Outcome.Failed("refused"));
                operations.add(new Operation(id, client, invokedAt, returnedAt, call, outcome));
                if (call instanceof Call.ListKeys
                        && outcome instanceof Outcome.Ok ok
                        && ok.result() == Result.Done.DONE) {
                    pages.add(id);
                }
            });
        }
    }

    private Optional<Result> apply(Call call) {
        Optional<Result> result = store.apply(call);
        if (call instanceof Call.OnKey onKey && !onKey.bucket().equals("v")) {
            ReferenceStore.Content content = store.at(onKey.bucket(), onKey.key());
            past.computeIfAbsent(new KeyName(onKey.bucket(), onKey.key()), ignored -> new TreeMap<>())
                    .put(now, Optional.ofNullable(content).map(ReferenceStore.Content::value));
        }
        return result;
    }

    /** A page shows every key as it was at some moment of the call, not all of them at the same. */
    private Operation withPage(Operation operation) {
        if (!(operation.call() instanceof Call.ListKeys list) || !pages.contains(operation.id())) {
            return operation;
        }
        TreeMap<String, String> shown = new TreeMap<>();
        past.forEach((key, states) -> {
            long moment =
                    operation.invokedAt() + random.nextInt((int) (operation.returnedAt() - operation.invokedAt()) + 1);
            Map.Entry<Long, Optional<String>> state = states.floorEntry(moment);
            if (state != null
                    && key.bucket().equals(list.bucket())
                    && key.key().startsWith(list.prefix())
                    && key.key().compareTo(list.startAfter()) > 0) {
                state.getValue().ifPresent(value -> shown.put(key.key(), value));
            }
        });
        int size = random.nextBoolean() ? shown.size() : Math.min(shown.size(), 2);
        List<Result.Entry> entries = new ArrayList<>();
        shown.forEach((key, value) -> {
            if (entries.size() < size) {
                entries.add(new Result.Entry(key, value));
            }
        });
        Result page = new Result.Page(entries, size < shown.size());
        return new Operation(
                operation.id(),
                operation.client(),
                operation.invokedAt(),
                operation.returnedAt(),
                list,
                new Outcome.Ok(page));
    }

    private String key() {
        return "k" + random.nextInt(keys);
    }

    private String value() {
        return "w" + values++;
    }

    private Call anything() {
        return switch (random.nextInt(10)) {
            case 0, 1 -> anyOnVersions();
            case 2, 3 -> anyOnUpload();
            case 4, 5 -> anyOnJournal();
            case 6 -> anyOnBucket();
            case 7 -> new Call.ListKeys("b", random.nextBoolean() ? "k" : "", random.nextInt(3) == 0 ? "k0" : "");
            default -> anyOnObject();
        };
    }

    private Call anyOnObject() {
        return onObject("b");
    }

    private Call onObject(String bucket) {
        String key = key();
        ReferenceStore.@Nullable Content current = store.at(bucket, key);
        String expected = current != null && random.nextInt(4) > 0 ? current.value() : "w" + random.nextInt(values + 1);
        return switch (random.nextInt(10)) {
            case 0, 1 -> new Call.Put(bucket, key, value());
            case 2 -> new Call.PutIfAbsent(bucket, key, value());
            case 3 -> new Call.PutIfMatch(bucket, key, expected, value());
            case 4 -> new Call.Delete(bucket, key);
            case 5 -> new Call.Copy(bucket, key(), bucket, key, value());
            case 6 -> new Call.Head(bucket, key);
            default -> new Call.Get(bucket, key);
        };
    }

    private Call anyOnBucket() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> new Call.BucketCreate("c");
            case 2 -> new Call.BucketDelete("c");
            case 3 -> new Call.Delete("c", key());
            default -> onObject("c");
        };
    }

    private Call anyOnVersions() {
        String key = key();
        List<Result.Version> versions = store.versions("v", key);
        String id = versions.isEmpty()
                ? "id0"
                : versions.get(random.nextInt(versions.size())).versionId();
        boolean isMarker =
                versions.stream().anyMatch(version -> version.versionId().equals(id) && version.value() == null);
        return switch (random.nextInt(8)) {
            case 0, 1 -> new Call.VersionPut("v", key, value());
            case 2 -> new Call.VersionMark("v", key);
            case 3 -> new Call.VersionDelete("v", key, id);
            case 4 -> isMarker ? new Call.VersionList("v", key) : new Call.VersionGet("v", key, id);
            case 5 -> new Call.Get("v", key);
            default -> new Call.VersionList("v", key);
        };
    }

    private Call anyOnUpload() {
        int number = random.nextInt(4);
        String upload = "u" + number + "-" + now / 150;
        String key = "k" + number % keys;
        List<Call.NamedPart> parts = store.parts(upload);
        return switch (random.nextInt(8)) {
            case 0 -> new Call.UploadBegin("b", key, upload);
            case 1, 2, 3 -> part(key, upload);
            case 4 -> new Call.UploadAbort("b", key, upload);
            default -> parts.isEmpty() ? part(key, upload) : new Call.UploadComplete("b", key, upload, parts);
        };
    }

    private Call part(String key, String upload) {
        return new Call.UploadPart("b", key, upload, 1 + random.nextInt(3), value());
    }

    private Call anyOnJournal() {
        String pid = "p" + random.nextInt(2);
        long highest = store.highestSeq(pid);
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> new Call.JournalAppend(pid, "i" + random.nextInt(2), highest + 1, List.of(value()));
            case 3 -> new Call.JournalAppend(pid, "i" + random.nextInt(2), highest + 1, List.of(value(), value()));
            case 4 ->
                random.nextInt(3) == 0 && highest > 0
                        ? new Call.JournalDelete(pid, 1 + random.nextInt((int) highest))
                        : new Call.JournalReplay(pid);
            case 5 -> new Call.JournalHighest(pid);
            default -> new Call.JournalReplay(pid);
        };
    }
}
