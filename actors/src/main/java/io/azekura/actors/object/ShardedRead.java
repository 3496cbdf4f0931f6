package io.azekura.actors.object;

import akka.util.ByteString;
import io.azekura.actors.object.PeerWait.Done;
import io.azekura.actors.object.PeerWait.Failed;
import io.azekura.actors.object.PeerWait.Outcome;
import io.azekura.actors.object.ShardSource.Run;
import io.azekura.actors.object.ShardSource.Standing;
import io.azekura.persistence.erasure.ReedSolomon;
import io.azekura.persistence.register.Content.Sharded;
import io.azekura.persistence.register.RegisterKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Reads ranges of one erasure-coded body. A range is read from the data shards that hold it and nothing else; when one
 * of them fails, or keeps the range waiting beyond the hedge, the range is rebuilt from k others and that shard is asked
 * no more if it can be avoided; when it cannot, all that is left is asked at once and the first k answers count. Safe for any thread; ranges may overlap in time. Close it when done.
 */
final class ShardedRead implements AutoCloseable {
    private final StripeGeometry geometry;
    private final ReedSolomon code;
    private final GatewaySettings settings;
    /** By shard; null for a shard that no drive of the set was given. */
    private final @Nullable ShardSource[] sources;

    /** {@code lanes} are the drives of the set, in order. */
    ShardedRead(RegisterKey key, Sharded content, List<Lane> lanes, GatewaySettings settings) {
        this.code = ReedSolomon.of(content.dataShards(), content.parityShards());
        this.geometry = new StripeGeometry(content.length(), content.dataShards(), content.unitBytes());
        this.settings = settings;
        this.sources = new ShardSource[code.shards()];
        for (int shard = 0; shard < code.shards(); shard++) {
            int holder = content.holders().get(shard);
            if (holder >= 0 && holder < lanes.size()) {
                sources[shard] = new ShardSource(lanes.get(holder), key, content.id(), shard);
            }
        }
    }

    /** Opens every shard, and completes when k are open or no more can be; true for the former. */
    CompletionStage<Boolean> openAll() {
        List<ShardSource> all = new ArrayList<>();
        List<CompletableFuture<ShardSource>> parts = new ArrayList<>();
        for (ShardSource source : sources) {
            if (source != null) {
                all.add(source);
                parts.add(source.open());
            }
        }
        return PeerWait.of(
                        parts,
                        done -> done.cardinality() >= code.dataShards(),
                        settings.readHedge(),
                        settings.readBound())
                .thenApply(outcomes -> judge(all, outcomes) >= code.dataShards());
    }

    /** The bytes of the body from {@code from} to {@code to}; fails with {@link UnreadableException}. */
    CompletionStage<ByteString> read(long from, long to) {
        Range range = new Range(from, to);
        for (int shard : range.runs.keySet()) {
            if (standing(shard) != Standing.GOOD) {
                return rebuild(range);
            }
        }
        return readDirectly(range);
    }

    @Override
    public void close() {
        for (ShardSource source : sources) {
            if (source != null) {
                source.close();
            }
        }
    }

    /** One range of the body: which bytes of which data shards make it up. */
    private final class Range {
        private final int length;
        /** By data shard. */
        private final TreeMap<Integer, List<Place>> runs = new TreeMap<>();
        /** The least stretch of all shards, in whole cache lines, that holds every run. */
        private long shardFrom = Long.MAX_VALUE;

        private long shardTo;

        private Range(long from, long to) {
            this.length = Math.toIntExact(to - from);
            geometry.forEachRun(from, to, (shard, shardOffset, bodyOffset, runLength) -> {
                runs.computeIfAbsent(shard, none -> new ArrayList<>())
                        .add(new Place(shardOffset, Math.toIntExact(bodyOffset - from), runLength));
                shardFrom = Math.min(shardFrom, shardOffset);
                shardTo = Math.max(shardTo, shardOffset + runLength);
            });
            int line = StripeGeometry.ALIGNMENT_BYTES;
            shardFrom = shardFrom / line * line;
            shardTo = (shardTo + line - 1) / line * line;
        }

        private int shardLength() {
            return Math.toIntExact(shardTo - shardFrom);
        }
    }

    /** {@code length} bytes at {@code shardOffset} of a shard belong at {@code at} of the range. */
    private record Place(long shardOffset, int at, int length) {}

    private CompletionStage<ByteString> readDirectly(Range range) {
        // Belongs to this attempt alone: a shard that lags may still write to it when the range was long rebuilt.
        byte[] bytes = new byte[range.length];
        List<ShardSource> asked = new ArrayList<>();
        List<CompletableFuture<ShardSource>> parts = new ArrayList<>();
        range.runs.forEach((shard, places) -> {
            List<Run> runs = new ArrayList<>(places.size());
            for (Place place : places) {
                runs.add(new Run(place.shardOffset(), ByteBuffer.wrap(bytes, place.at(), place.length())));
            }
            ShardSource source = source(shard);
            asked.add(source);
            parts.add(source.read(runs));
        });
        return PeerWait.of(parts, done -> true, settings.readHedge(), settings.readBound())
                .thenCompose(outcomes -> judge(asked, outcomes) == parts.size()
                        ? CompletableFuture.completedFuture(ByteString.fromArrayUnsafe(bytes))
                        : rebuild(range));
    }

    private CompletionStage<ByteString> rebuild(Range range) {
        List<ShardSource> good = sources(Standing.GOOD, range);
        boolean isLastResort = good.size() < code.dataShards();
        List<ShardSource> asked = isLastResort ? sources(Standing.SLOW, range) : good.subList(0, code.dataShards());
        if (asked.size() < code.dataShards()) {
            return unreadable(asked.size());
        }
        byte[][] shards = new byte[code.shards()][];
        List<CompletableFuture<ShardSource>> parts = new ArrayList<>();
        for (ShardSource source : asked) {
            byte[] bytes = new byte[range.shardLength()];
            shards[source.shard()] = bytes;
            parts.add(source.read(List.of(new Run(range.shardFrom, ByteBuffer.wrap(bytes)))));
        }
        return PeerWait.of(
                        parts,
                        done -> !isLastResort || done.cardinality() >= code.dataShards(),
                        isLastResort ? Duration.ZERO : settings.readHedge(),
                        settings.readBound())
                .thenCompose(outcomes -> {
                    int done = judge(asked, outcomes);
                    if (done >= code.dataShards()) {
                        return CompletableFuture.completedFuture(assembled(range, shards, present(asked, outcomes)));
                    }
                    return isLastResort ? unreadable(done) : rebuild(range);
                });
    }

    private CompletableFuture<ByteString> unreadable(int readable) {
        return CompletableFuture.failedFuture(
                new UnreadableException(readable + " of at least " + code.dataShards() + " shards can be read"));
    }

    /** Sources at least that good, the better ones first, and among equals those that hold bytes of the range. */
    private List<ShardSource> sources(Standing least, Range range) {
        List<ShardSource> usable = new ArrayList<>();
        for (ShardSource source : sources) {
            if (source != null && source.standing().compareTo(least) <= 0) {
                usable.add(source);
            }
        }
        usable.sort(Comparator.comparing(ShardSource::standing)
                .thenComparing(source -> !range.runs.containsKey(source.shard()))
                .thenComparing(ShardSource::shard));
        return usable;
    }

    private boolean[] present(List<ShardSource> asked, List<Outcome<ShardSource>> outcomes) {
        boolean[] present = new boolean[code.shards()];
        for (int i = 0; i < asked.size(); i++) {
            present[asked.get(i).shard()] = outcomes.get(i) instanceof Done<ShardSource>;
        }
        return present;
    }

    private ByteString assembled(Range range, byte[][] shards, boolean[] present) {
        boolean[] wanted = new boolean[code.shards()];
        for (int shard = 0; shard < code.shards(); shard++) {
            wanted[shard] = range.runs.containsKey(shard) && !present[shard];
            if (wanted[shard]) {
                shards[shard] = new byte[range.shardLength()];
            }
        }
        code.reconstruct(shards, present, wanted, 0, range.shardLength());
        byte[] bytes = new byte[range.length];
        range.runs.forEach((shard, places) -> {
            for (Place place : places) {
                int at = Math.toIntExact(place.shardOffset() - range.shardFrom);
                System.arraycopy(shards[shard], at, bytes, place.at(), place.length());
            }
        });
        return ByteString.fromArrayUnsafe(bytes);
    }

    /** Degrades the sources that did not succeed, and counts those that did. */
    private static int judge(List<ShardSource> asked, List<Outcome<ShardSource>> outcomes) {
        int done = 0;
        for (int i = 0; i < asked.size(); i++) {
            if (outcomes.get(i) instanceof Done<ShardSource>) {
                done++;
            } else {
                asked.get(i).degrade(outcomes.get(i) instanceof Failed<ShardSource> ? Standing.BAD : Standing.SLOW);
            }
        }
        return done;
    }

    private Standing standing(int shard) {
        ShardSource source = sources[shard];
        return source == null ? Standing.BAD : source.standing();
    }

    private ShardSource source(int shard) {
        ShardSource source = sources[shard];
        if (source == null) {
            throw new IllegalStateException("shard " + shard + " has no source");
        }
        return source;
    }
}
