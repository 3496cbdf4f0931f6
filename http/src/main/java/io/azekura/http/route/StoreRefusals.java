package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.persistence.Check;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the store's refusals are called in S3: the one place where its answers become errors. */
final class StoreRefusals {
    private static final Logger LOG = LoggerFactory.getLogger(StoreRefusals.class);

    private StoreRefusals() {}

    /** The error for a reply that is no success. A success here is a bug of the caller. */
    static S3Exception of(Object reply, S3Request request) {
        if (reply instanceof ObjectStore.NoSuchBucket) {
            return noSuchBucket(request);
        } else if (reply instanceof ObjectStore.NoSuchKey) {
            return S3Error.NO_SUCH_KEY.asException().with("Key", key(request));
        } else if (reply instanceof ObjectStore.PreconditionFailed) {
            return S3Error.PRECONDITION_FAILED.asException();
        } else if (reply instanceof ObjectStore.BucketNotEmpty) {
            return S3Error.BUCKET_NOT_EMPTY.asException().with("BucketName", bucket(request));
        } else if (reply instanceof ObjectStore.Conflict) {
            return S3Error.OPERATION_ABORTED.asException();
        } else if (reply instanceof ObjectStore.OutOfSpace) {
            return S3Error.STORAGE_FULL.asException();
        } else if (reply instanceof ObjectStore.Unavailable unavailable) {
            return unavailable(request, unavailable.reason());
        } else if (reply instanceof ObjectStore.Unreadable unreadable) {
            return unavailable(request, unreadable.reason());
        }
        Check.state(false, "no refusal: " + reply.getClass().getName());
        throw new AssertionError();
    }

    static S3Exception unavailable(S3Request request, String reason) {
        LOG.atWarn()
                .addKeyValue("requestId", request.id())
                .addKeyValue("reason", reason)
                .log("Store unavailable");
        return S3Error.SERVICE_UNAVAILABLE.asException();
    }

    private static S3Exception noSuchBucket(S3Request request) {
        return S3Error.NO_SUCH_BUCKET.asException().with("BucketName", bucket(request));
    }

    private static String bucket(S3Request request) {
        return request.target() instanceof Target.OfObject object
                ? object.bucket().value()
                : request.target() instanceof Target.OfBucket bucket
                        ? bucket.bucket().value()
                        : "";
    }

    private static String key(S3Request request) {
        return request.target() instanceof Target.OfObject object ? object.key().text() : "";
    }
}
