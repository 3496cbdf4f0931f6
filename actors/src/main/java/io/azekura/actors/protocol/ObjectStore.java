package io.azekura.actors.protocol;

import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.Checksum;
import io.azekura.persistence.model.ObjectKey;
import io.azekura.persistence.model.ObjectRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The store as its faces see it. Calls never block. Stages fail only for bugs and for failures of the caller's own
 * body stream; every other end is a reply.
 */
public interface ObjectStore {
    CompletionStage<CreateBucketReply> createBucket(BucketName name);

    CompletionStage<HeadBucketReply> headBucket(BucketName name);

    CompletionStage<ListBucketsReply> listBuckets();

    CompletionStage<DeleteBucketReply> deleteBucket(BucketName name);

    /** Stores a body that is already in memory. */
    CompletionStage<PutReply> put(PutObject put, ByteString body);

    /**
     * Stores a streamed body of exactly {@link PutObject#length} bytes. If the source fails, or ends early or late,
     * nothing is stored, staged bytes are removed, and the stage fails with the source's failure.
     */
    CompletionStage<PutReply> put(PutObject put, Source<ByteString, ?> body);

    CompletionStage<GetReply> get(BucketName bucket, ObjectKey key);

    CompletionStage<DeleteReply> delete(BucketName bucket, ObjectKey key);

    CompletionStage<ListReply> list(ListObjects list);

    /**
     * Asks to store one object.
     *
     * @param length length of the body in bytes, known before it arrives
     * @param attributes asked once, after the whole body has passed through the source
     */
    record PutObject(
            BucketName bucket,
            ObjectKey key,
            long length,
            Supplier<Attributes> attributes,
            Precondition precondition) {}

    /** What is stored beside the bytes; see {@link ObjectRecord}. */
    record Attributes(
            String etag, Map<String, String> headers, Map<String, String> metadata, List<Checksum> checksums) {}

    /** What must hold of the state that a PUT replaces, judged atomically with the write. */
    sealed interface Precondition {
        enum Always implements Precondition {
            INSTANCE
        }

        /** {@code If-None-Match: *}. */
        enum Absent implements Precondition {
            INSTANCE
        }

        /** {@code If-Match} with one unquoted ETag, or {@code *}. */
        record Matches(String etag) implements Precondition {}
    }

    /**
     * One page of a listing in byte order of the keys.
     *
     * @param delimiter empty for none
     * @param from the least key that may be listed, inclusive
     * @param entriesMax most objects and common prefixes together, at least 1
     */
    record ListObjects(BucketName bucket, Bytes prefix, Bytes delimiter, Bytes from, int entriesMax) {}

    record ListedObject(ObjectKey key, ObjectRecord record) {}

    sealed interface CreateBucketReply {}

    sealed interface HeadBucketReply {}

    sealed interface ListBucketsReply {}

    sealed interface DeleteBucketReply {}

    sealed interface PutReply {}

    sealed interface GetReply {}

    sealed interface DeleteReply {}

    sealed interface ListReply {}

    record BucketCreated(BucketRecord bucket) implements CreateBucketReply {}

    record BucketExists(BucketRecord bucket) implements CreateBucketReply {}

    record BucketFound(BucketRecord bucket) implements HeadBucketReply {}

    /** By ascending name. */
    record Buckets(List<BucketRecord> buckets) implements ListBucketsReply {}

    record BucketDeleted() implements DeleteBucketReply {}

    record BucketNotEmpty() implements DeleteBucketReply {}

    record Stored(ObjectRecord record) implements PutReply {}

    record PreconditionFailed() implements PutReply {}

    /** An {@code If-Match} on a key that does not exist. */
    record NoSuchKey() implements PutReply, GetReply {}

    record Opened(StoredObject object) implements GetReply {}

    /** Deleting what does not exist is no error in S3. */
    record Deleted() implements DeleteReply {}

    /** {@code next} is the {@code from} of the page that follows, or null when this is the last one. */
    record Page(
            List<ListedObject> objects,
            List<Bytes> commonPrefixes,
            @Nullable Bytes next) implements ListReply {}

    record NoSuchBucket() implements HeadBucketReply, DeleteBucketReply, PutReply, GetReply, DeleteReply, ListReply {}

    /** Another operation on the same bucket is under way: 409 OperationAborted. */
    record Conflict() implements CreateBucketReply, DeleteBucketReply, PutReply, DeleteReply {}

    /** Not now, or outcome unknown: 503. {@code reason} is for the log, not for the client. */
    record Unavailable(String reason)
            implements CreateBucketReply,
                    HeadBucketReply,
                    ListBucketsReply,
                    DeleteBucketReply,
                    PutReply,
                    GetReply,
                    DeleteReply,
                    ListReply {}

    /** The drives have no room for new data: 507 in WebDAV's words, 503 or a quota error in S3's. */
    record OutOfSpace() implements CreateBucketReply, PutReply {}

    /** One version of an object, found by a linearizable read. Holds nothing until its body is opened. */
    interface StoredObject {
        ObjectRecord record();

        /** Opens {@code length} bytes from {@code first}; both within the size. */
        CompletionStage<BodyReply> body(long first, long length);
    }

    sealed interface BodyReply {}

    record StrictBody(ByteString bytes) implements BodyReply {}

    /** Must be run or cancelled. Fails when too few shards can be read: the connection must be aborted then. */
    record StreamedBody(Source<ByteString, ?> bytes) implements BodyReply {}

    /** The version was replaced and freed before its bytes were opened: get the object again. */
    record Replaced() implements BodyReply {}

    /** Fewer than k shards can be read now: 503. */
    record Unreadable(String reason) implements BodyReply {}
}
