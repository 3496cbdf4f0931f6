package io.azekura.actors.object;

import akka.stream.Materializer;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.azekura.actors.object.BucketDirectory.Lookup;
import io.azekura.actors.object.BucketDirectory.NoAnswer;
import io.azekura.actors.object.BucketDirectory.Present;
import io.azekura.actors.object.Listing.Entry;
import io.azekura.actors.object.Listing.ListedPage;
import io.azekura.actors.object.Listing.NoQuorum;
import io.azekura.actors.object.Listing.Query;
import io.azekura.actors.protocol.ObjectStore;
import io.azekura.persistence.Check;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.layout.Layout;
import io.azekura.persistence.layout.StripeSet;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.ObjectKey;
import io.azekura.persistence.model.ObjectRecordFormat;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Register.ReadOutcome;
import io.azekura.persistence.register.Register.Value;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The object store over registers and drives: what a key is, its register decides; where its bytes are, that state
 * says. Holds nothing of a request between calls but a small memory of buckets. Blocks only on the I/O threads that it
 * is given, of which no drive can keep more than its share.
 */
public final class ObjectGateway implements ObjectStore {
    /** Most I/O threads that listings may keep, so that one drive that hangs under them cannot take all. */
    public static final int LISTING_THREADS = 8;

    private final Register register;
    private final Layout layout;
    private final List<Lane> lanes;
    private final GatewaySettings settings;
    private final Listing listing;
    private final BucketDirectory directory;
    private final BucketDeletion deletion;
    private final ObjectCommit commit;
    private final ObjectWriter writer;

    /**
     * @param drives every drive of the layout, in its order
     * @param io threads that may block on drives: {@link GatewaySettings#threadsPerDrive} for each drive and {@link
     *     #LISTING_THREADS} more
     * @param micros the wall clock in microseconds since the epoch
     */
    public ObjectGateway(
            Register register,
            Layout layout,
            List<Drive> drives,
            Executor io,
            Materializer materializer,
            Identifiers identifiers,
            LongSupplier micros,
            GatewaySettings settings) {
        this.register = register;
        this.layout = layout;
        this.settings = settings;
        this.lanes = drives.stream()
                .map(drive -> new Lane(drive, new ThreadShare(io, settings.threadsPerDrive()), settings.suspicion()))
                .toList();
        ThreadShare listingThreads = new ThreadShare(io, LISTING_THREADS);
        this.listing = new Listing(layout, lanes, register, listingThreads, settings.writeGrace());
        this.directory = new BucketDirectory(register, listing, identifiers, micros);
        this.deletion = new BucketDeletion(register, directory, listing, layout, lanes, identifiers, settings);
        this.commit = new ObjectCommit(register, directory, identifiers, micros);
        this.writer = new ObjectWriter(layout, this::lanesOf, commit, identifiers, materializer, settings);
    }

    /**
     * Ends the bucket deletions that an earlier process start left behind. To be called after the start, and again while
     * it completes with false: then some drives did not answer yet.
     */
    public CompletionStage<Boolean> recoverClosingBuckets() {
        return directory.list().thenCompose(reply -> {
            CompletionStage<Boolean> all = CompletableFuture.completedStage(reply instanceof Buckets);
            if (reply instanceof Buckets buckets) {
                for (BucketRecord bucket : buckets.buckets()) {
                    if (bucket.closing()) {
                        all = all.thenCombine(
                                deletion.finish(bucket), (ended, end) -> ended && !(end instanceof Unavailable));
                    }
                }
            }
            return all;
        });
    }

    @Override
    public CompletionStage<CreateBucketReply> createBucket(BucketName name) {
        return directory.create(name).thenCompose(reply -> {
            if (reply instanceof BucketExists exists && exists.bucket().closing()) {
                return deletion.finish(exists.bucket())
                        .thenCompose(end -> end instanceof Conflict conflict
                                ? CompletableFuture.completedStage(conflict)
                                : directory.create(name));
            }
            return CompletableFuture.completedStage(reply);
        });
    }

    @Override
    public CompletionStage<HeadBucketReply> headBucket(BucketName name) {
        return directory.lookup(name).thenApply(lookup -> {
            if (lookup instanceof Present present) {
                return new BucketFound(present.bucket());
            }
            return lookup instanceof NoAnswer noAnswer ? new Unavailable(noAnswer.reason()) : new NoSuchBucket();
        });
    }

    @Override
    public CompletionStage<ListBucketsReply> listBuckets() {
        return directory.list();
    }

    @Override
    public CompletionStage<DeleteBucketReply> deleteBucket(BucketName name) {
        return deletion.delete(name);
    }

    @Override
    public CompletionStage<PutReply> put(PutObject put, ByteString body) {
        return directory
                .lookup(put.bucket())
                .thenCompose(lookup -> isOpen(lookup)
                        ? writer.put(((Present) lookup).bucket(), put, body)
                        : CompletableFuture.completedStage(putRefusal(lookup)));
    }

    @Override
    public CompletionStage<PutReply> put(PutObject put, Source<ByteString, ?> body) {
        return directory.lookup(put.bucket()).thenCompose(lookup -> {
            if (isOpen(lookup)) {
                return writer.put(((Present) lookup).bucket(), put, body);
            }
            writer.refuse(body);
            return CompletableFuture.completedStage(putRefusal(lookup));
        });
    }

    @Override
    public CompletionStage<GetReply> get(BucketName bucket, ObjectKey key) {
        return directory.lookup(bucket).thenCompose(lookup -> {
            if (lookup instanceof Present present) {
                RegisterKey object = new RegisterKey(present.bucket().incarnation(), key.utf8());
                return register.read(object).thenApply(outcome -> opened(object, outcome));
            }
            return CompletableFuture.completedStage(
                    lookup instanceof NoAnswer noAnswer ? new Unavailable(noAnswer.reason()) : new NoSuchBucket());
        });
    }

    @Override
    public CompletionStage<DeleteReply> delete(BucketName bucket, ObjectKey key) {
        return directory.lookup(bucket).thenCompose(lookup -> {
            if (isOpen(lookup)) {
                return commit.delete(((Present) lookup).bucket(), key);
            }
            return CompletableFuture.completedStage(deleteRefusal(lookup));
        });
    }

    @Override
    public CompletionStage<ListReply> list(ListObjects list) {
        Check.argument(list.entriesMax() >= 1, "a page of no entries");
        return directory.lookup(list.bucket()).thenCompose(lookup -> {
            if (lookup instanceof Present present) {
                Query query = new Query(
                        present.bucket().incarnation(),
                        list.prefix(),
                        list.delimiter(),
                        list.from(),
                        list.entriesMax());
                return listing.page(query).thenApply(ObjectGateway::listed);
            }
            return CompletableFuture.completedStage(
                    lookup instanceof NoAnswer noAnswer ? new Unavailable(noAnswer.reason()) : new NoSuchBucket());
        });
    }

    private GetReply opened(RegisterKey key, ReadOutcome outcome) {
        if (!(outcome instanceof Value value)) {
            return new Unavailable(outcome.toString());
        }
        if (!value.state().isLive()) {
            return new NoSuchKey();
        }
        try {
            return new Opened(new StoredVersion(
                    key,
                    ObjectRecordFormat.decode(value.state().value()),
                    value.state().content(),
                    lanesOf(layout.stripeSet(key)),
                    register,
                    settings));
        } catch (IOException damage) {
            return new Unavailable(String.valueOf(damage.getMessage()));
        }
    }

    private static ListReply listed(Listing.Outcome outcome) {
        if (!(outcome instanceof ListedPage page)) {
            return new Unavailable(((NoQuorum) outcome).reason());
        }
        List<ListedObject> objects = new ArrayList<>(page.entries().size());
        try {
            for (Entry entry : page.entries()) {
                objects.add(new ListedObject(
                        new ObjectKey(entry.key()),
                        ObjectRecordFormat.decode(entry.state().value())));
            }
        } catch (IOException damage) {
            return new Unavailable(String.valueOf(damage.getMessage()));
        }
        return new Page(objects, page.prefixes(), page.next());
    }

    /** The drives of a stripe set, in its order. */
    private List<Lane> lanesOf(StripeSet set) {
        return set.drives().stream().map(lanes::get).toList();
    }

    private static boolean isOpen(Lookup lookup) {
        return lookup instanceof Present present && !present.bucket().closing();
    }

    private static PutReply putRefusal(Lookup lookup) {
        if (lookup instanceof NoAnswer noAnswer) {
            return new Unavailable(noAnswer.reason());
        }
        return lookup instanceof Present ? new Conflict() : new NoSuchBucket();
    }

    private static DeleteReply deleteRefusal(Lookup lookup) {
        if (lookup instanceof NoAnswer noAnswer) {
            return new Unavailable(noAnswer.reason());
        }
        return lookup instanceof Present ? new Conflict() : new NoSuchBucket();
    }
}
