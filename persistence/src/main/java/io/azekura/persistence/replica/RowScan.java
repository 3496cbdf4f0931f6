package io.azekura.persistence.replica;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.StaleLayout;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Scans over the replicas (register rule 19). Every partition of the space is asked for a page by a read quorum, key by key
 * the highest row decides when it is known chosen, and a key that is not is read from its register. A newer layout starts
 * the page again; a partition without a quorum refuses the page, which is never shorter instead.
 */
public class RowScan implements Scan {
    private static final int RESTARTS_MAX = 4;

    private final Register register;
    private final Replicas replicas;

    public RowScan(Register register, Replicas replicas) {
        this.register = register;
        this.replicas = replicas;
    }

    @Override
    public CompletionStage<ScanOutcome> page(Range range) {
        Bytes from = range.from().compareTo(range.prefix()) > 0 ? range.from() : range.prefix();
        return page(new Range(range.space(), range.prefix(), from, range.entriesMax()), 0);
    }

    private CompletionStage<ScanOutcome> page(Range range, int restarts) {
        List<CompletableFuture<Part>> asked = replicas.partitionsOf(range.space()).stream()
                .map(partition -> part(range, partition).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenCompose(done -> {
            List<Part> parts = asked.stream().map(CompletableFuture::join).toList();
            long newer = parts.stream().mapToLong(Part::newerLayout).max().orElse(0);
            if (newer > 0 && restarts < RESTARTS_MAX) {
                return replicas.learn(newer).thenCompose(learnt -> page(range, restarts + 1));
            }
            return parts.stream().allMatch(Part::isUsable)
                    ? merge(range, parts)
                    : CompletableFuture.completedStage(new NoQuorum("a partition has too few usable drives"));
        });
    }

    /** What a read quorum of one partition answered. */
    private record Part(Quorum quorum, int told, List<Request.RowPage> pages, long newerLayout, boolean isUsable) {}

    private CompletionStage<Part> part(Range range, int partition) {
        Replicas.Location location = replicas.locate(partition);
        Request.ScanRows ask =
                new Request.ScanRows(partition, range.space(), range.prefix(), range.from(), range.entriesMax() + 1);
        int first = firstQuorum(location.quorum());
        return Ask.some(replicas, location, ask, first).thenCompose(answers -> {
            if (isPage(location, answers) || first == location.quorum().reading()) {
                return CompletableFuture.completedStage(toPart(location, answers));
            }
            return Ask.some(replicas, location, ask, location.quorum().reading())
                    .thenApply(all -> toPart(location, all));
        });
    }

    /** The fewest replicas that are a read quorum: the first ones. */
    protected int firstQuorum(Quorum quorum) {
        int chosen = 0;
        for (int replica = 0; replica < quorum.replicas() && !quorum.isRead(chosen); replica++) {
            chosen |= quorum.reading() & (1 << replica);
        }
        return chosen;
    }

    /** Whether these replicas may decide about a page together. */
    protected boolean isQuorum(Quorum quorum, int told) {
        return quorum.isRead(told);
    }

    private boolean isPage(Replicas.Location location, Ask.Answers answers) {
        return isQuorum(location.quorum(), answers.where(reply -> reply instanceof Request.RowPage));
    }

    private Part toPart(Replicas.Location location, Ask.Answers answers) {
        long newer = 0;
        for (StaleLayout stale : answers.of(StaleLayout.class)) {
            newer = Math.max(newer, stale.version());
        }
        int told = answers.where(reply -> reply instanceof Request.RowPage);
        return new Part(location.quorum(), told, answers.of(Request.RowPage.class), newer, isPage(location, answers));
    }

    /** The highest row of one key among the drives of a quorum, and the highest ballot they know chosen. */
    private record Seen(Found highest, Ballot settled) {
        private Seen with(Found other) {
            boolean isHigher = other.row().accepted().compareTo(highest.row().accepted()) > 0;
            return new Seen(isHigher ? other : highest, Ballot.max(settled, other.settled()));
        }
    }

    private CompletionStage<ScanOutcome> merge(Range range, List<Part> parts) {
        TreeMap<RegisterKey, Seen> seen = new TreeMap<>();
        @Nullable RegisterKey end = null;
        for (Part part : parts) {
            for (Request.RowPage page : part.pages()) {
                for (Request.KeyedRow row : page.rows()) {
                    Seen one = new Seen(row.found(), row.found().settled());
                    seen.merge(row.key(), one, (before, now) -> before.with(now.highest()));
                }
                if (!page.complete()) {
                    RegisterKey last = page.rows().get(page.rows().size() - 1).key();
                    end = end == null || last.compareTo(end) < 0 ? last : end;
                }
            }
        }
        // Beyond the end of the shortest page a drive may have rows that it did not tell.
        Map<RegisterKey, Seen> certain = end == null ? seen : seen.headMap(end, true);
        List<RegisterKey> keys = new ArrayList<>(certain.keySet());
        List<RegisterKey> page = keys.subList(0, Math.min(keys.size(), range.entriesMax()));
        Bytes next = next(keys, page, end);
        List<Entry> entries = new ArrayList<>();
        return resolve(page, certain, entries, 0)
                .thenApply(refusal -> refusal.isEmpty() ? new Page(List.copyOf(entries), next) : new NoQuorum(refusal));
    }

    private static @Nullable Bytes next(List<RegisterKey> keys, List<RegisterKey> page, @Nullable RegisterKey end) {
        if (page.size() < keys.size()) {
            return keys.get(page.size()).key();
        }
        return end == null ? null : after(end.key());
    }

    /** The least key that is greater. */
    private static Bytes after(Bytes key) {
        return Bytes.wrap(java.util.Arrays.copyOf(key.array(), key.length() + 1));
    }

    private CompletionStage<String> resolve(
            List<RegisterKey> keys, Map<RegisterKey, Seen> seen, List<Entry> entries, int next) {
        for (int i = next; i < keys.size(); i++) {
            RegisterKey key = keys.get(i);
            Seen one = java.util.Objects.requireNonNull(seen.get(key));
            if (!isDecided(one.highest().row().accepted(), one.settled())) {
                int after = i + 1;
                return register.read(key).thenCompose(outcome -> {
                    if (!(outcome instanceof Register.Value value)) {
                        return CompletableFuture.completedStage("a listed key cannot be read: " + outcome);
                    }
                    entries.add(new Entry(key, value.ballot(), value.state()));
                    return resolve(keys, seen, entries, after);
                });
            }
            entries.add(new Entry(
                    key, one.highest().row().accepted(), one.highest().row().state()));
        }
        return CompletableFuture.completedStage("");
    }

    /** Whether the highest row is known chosen, so that the page may show it (register rule 2). */
    protected boolean isDecided(Ballot accepted, Ballot settled) {
        return accepted.equals(settled);
    }
}
