package io.azekura.http.route;

import akka.stream.Materializer;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import akka.util.ByteStringBuilder;
import io.azekura.actors.protocol.ObjectStore;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.ObjectKey;
import io.azekura.persistence.model.ObjectRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The reference model of the store: correct, in memory, one lock. Bodies above a size come as streams. */
public final class MemoryObjectStore implements ObjectStore {
    private static final int STRICT_BYTES_MAX = 64 * 1024;
    private static final int ELEMENT_BYTES = 256 * 1024;

    private final Materializer materializer;
    private final LongSupplier micros;
    private final Map<String, Bucket> buckets = new TreeMap<>();
    private UnaryOperator<BodyReply> bodies = UnaryOperator.identity();
    private @Nullable String unavailable;
    private long incarnations;

    public MemoryObjectStore(Materializer materializer, LongSupplier micros) {
        this.materializer = materializer;
        this.micros = micros;
    }

    private record Bucket(BucketRecord record, TreeMap<ObjectKey, Entry> objects) {}

    private record Entry(ObjectRecord record, ByteString bytes) {}

    /** Lets a test break bodies as they are opened. */
    public synchronized void onOpen(UnaryOperator<BodyReply> change) {
        bodies = change;
    }

    /** From now on every call is answered with {@link ObjectStore.Unavailable}, until the reason is null. */
    public synchronized void failWith(@Nullable String reason) {
        unavailable = reason;
    }

    public synchronized int objectCount() {
        return buckets.values().stream()
                .mapToInt(bucket -> bucket.objects.size())
                .sum();
    }

    @Override
    public synchronized CompletionStage<CreateBucketReply> createBucket(BucketName name) {
        if (unavailable != null) {
            return done(new Unavailable(unavailable));
        }
        Bucket existing = buckets.get(name.value());
        if (existing != null) {
            return done(new BucketExists(existing.record));
        }
        BucketRecord record = new BucketRecord(name, ++incarnations, 1, micros.getAsLong(), false);
        buckets.put(name.value(), new Bucket(record, new TreeMap<>()));
        return done(new BucketCreated(record));
    }

    @Override
    public synchronized CompletionStage<HeadBucketReply> headBucket(BucketName name) {
        if (unavailable != null) {
            return done(new Unavailable(unavailable));
        }
        Bucket bucket = buckets.get(name.value());
        return done(bucket == null ? new NoSuchBucket() : new BucketFound(bucket.record));
    }

    @Override
    public synchronized CompletionStage<ListBucketsReply> listBuckets() {
        if (unavailable != null) {
            return done(new Unavailable(unavailable));
        }
        return done(new Buckets(buckets.values().stream().map(Bucket::record).toList()));
    }

    @Override
    public synchronized CompletionStage<DeleteBucketReply> deleteBucket(BucketName name) {
        if (unavailable != null) {
            return done(new Unavailable(unavailable));
        }
        Bucket bucket = buckets.get(name.value());
        if (bucket == null) {
            return done(new NoSuchBucket());
        } else if (!bucket.objects.isEmpty()) {
            return done(new BucketNotEmpty());
        }
        buckets.remove(name.value());
        return done(new BucketDeleted());
    }

    @Override
    public synchronized CompletionStage<PutReply> put(PutObject put, ByteString body) {
        if (unavailable != null) {
            return done(new Unavailable(unavailable));
        } else if (body.size() != put.length()) {
            return CompletableFuture.failedFuture(new IllegalStateException("body of another length"));
        }
        Bucket bucket = buckets.get(put.bucket().value());
        if (bucket == null) {
            return done(new NoSuchBucket());
        }
        Entry replaced = bucket.objects.get(put.key());
        PutReply refusal = refusal(put.precondition(), replaced);
        if (refusal != null) {
            return done(refusal);
        }
        Attributes attributes = put.attributes().get();
        long time = Math.max(micros.getAsLong(), replaced == null ? 0 : replaced.record.time() + 1);
        ObjectRecord record = new ObjectRecord(
                time,
                body.size(),
                attributes.etag(),
                attributes.headers(),
                attributes.metadata(),
                attributes.checksums());
        bucket.objects.put(put.key(), new Entry(record, body.compact()));
        return done(new Stored(record));
    }

    private static @Nullable PutReply refusal(Precondition precondition, @Nullable Entry existing) {
        if (precondition instanceof Precondition.Absent) {
            return existing == null ? null : new PreconditionFailed();
        } else if (precondition instanceof Precondition.Matches matches) {
            if (existing == null) {
                return new NoSuchKey();
            }
            boolean matched = matches.etag().equals("*") || matches.etag().equals(existing.record.etag());
            return matched ? null : new PreconditionFailed();
        }
        return null;
    }

    @Override
    public CompletionStage<PutReply> put(PutObject put, Source<ByteString, ?> body) {
        return body.runFold(new ByteStringBuilder(), ByteStringBuilder::append, materializer)
                .thenCompose(builder -> put(put, builder.result()));
    }

    @Override
    public synchronized CompletionStage<GetReply> get(BucketName name, ObjectKey key) {
        if (unavailable != null) {
            return done(new Unavailable(unavailable));
        }
        Bucket bucket = buckets.get(name.value());
        if (bucket == null) {
            return done(new NoSuchBucket());
        }
        Entry entry = bucket.objects.get(key);
        return done(entry == null ? new NoSuchKey() : new Opened(new Version(entry)));
    }

    private final class Version implements StoredObject {
        private final Entry entry;

        Version(Entry entry) {
            this.entry = entry;
        }

        @Override
        public ObjectRecord record() {
            return entry.record;
        }

        @Override
        public CompletionStage<BodyReply> body(long first, long length) {
            ByteString bytes = entry.bytes.slice((int) first, (int) (first + length));
            BodyReply reply = length <= STRICT_BYTES_MAX ? new StrictBody(bytes) : new StreamedBody(elements(bytes));
            synchronized (MemoryObjectStore.this) {
                return done(bodies.apply(reply));
            }
        }

        private static Source<ByteString, ?> elements(ByteString bytes) {
            List<ByteString> elements = new ArrayList<>();
            for (int from = 0; from < bytes.size(); from += ELEMENT_BYTES) {
                elements.add(bytes.slice(from, Math.min(from + ELEMENT_BYTES, bytes.size())));
            }
            return Source.from(elements);
        }
    }

    @Override
    public synchronized CompletionStage<DeleteReply> delete(BucketName name, ObjectKey key) {
        if (unavailable != null) {
            return done(new Unavailable(unavailable));
        }
        Bucket bucket = buckets.get(name.value());
        if (bucket == null) {
            return done(new NoSuchBucket());
        }
        bucket.objects.remove(key);
        return done(new Deleted());
    }

    @Override
    public synchronized CompletionStage<ListReply> list(ListObjects list) {
        if (unavailable != null) {
            return done(new Unavailable(unavailable));
        }
        Bucket bucket = buckets.get(list.bucket().value());
        return done(bucket == null ? new NoSuchBucket() : page(bucket, list));
    }

    private static Page page(Bucket bucket, ListObjects list) {
        List<ListedObject> objects = new ArrayList<>();
        List<Bytes> prefixes = new ArrayList<>();
        Bytes skipTo = list.from();
        for (Map.Entry<ObjectKey, Entry> entry : bucket.objects.entrySet()) {
            Bytes key = entry.getKey().utf8();
            if (key.compareTo(skipTo) < 0 || !key.startsWith(list.prefix())) {
                continue;
            }
            if (objects.size() + prefixes.size() == list.entriesMax()) {
                return new Page(objects, prefixes, key);
            }
            int delimiter = key.indexOf(list.delimiter(), list.prefix().length());
            if (delimiter < 0) {
                objects.add(new ListedObject(entry.getKey(), entry.getValue().record));
                continue;
            }
            Bytes prefix = key.slice(0, delimiter + list.delimiter().length());
            prefixes.add(prefix);
            Bytes next = prefix.successorOfPrefix();
            if (next == null) {
                break;
            }
            skipTo = next;
        }
        return new Page(objects, prefixes, null);
    }

    private static <T> CompletionStage<T> done(T reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
