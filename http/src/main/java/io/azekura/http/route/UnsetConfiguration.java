package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.error.S3Error;
import io.azekura.http.xml.XmlWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Reads a configuration that nobody can have set yet, and answers as Amazon does for one that nobody has set: with its
 * default, or with the error that says there is none. Bucket and object have to exist first.
 */
final class UnsetConfiguration implements Operation {
    private static final Map<String, UnsetAnswer> OF_BUCKETS = ofBuckets();
    private static final Map<String, UnsetAnswer> OF_OBJECTS = ofObjects();

    private final String name;
    private final Supplier<S3Response> answer;
    private final ObjectStore store;

    private UnsetConfiguration(UnsetAnswer unset, ObjectStore store) {
        this.name = unset.operation;
        this.answer = unset.answer;
        this.store = store;
    }

    private record UnsetAnswer(String operation, Supplier<S3Response> answer) {}

    /** Empty when the sub-resource is none, or one whose reading is more than this. */
    static Optional<Operation> ofBucket(String subResource, ObjectStore store) {
        return Optional.ofNullable(OF_BUCKETS.get(subResource)).map(unset -> new UnsetConfiguration(unset, store));
    }

    static Optional<Operation> ofObject(String subResource, ObjectStore store) {
        return Optional.ofNullable(OF_OBJECTS.get(subResource)).map(unset -> new UnsetConfiguration(unset, store));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        S3Request request = call.request();
        if (request.target() instanceof Target.OfObject object) {
            return store.get(object.bucket(), object.key()).thenApply(reply -> {
                if (reply instanceof ObjectStore.Opened) {
                    return answer.get();
                }
                throw StoreRefusals.of(reply, request);
            });
        }
        return store.headBucket(request.bucket().bucket()).thenApply(reply -> {
            if (reply instanceof ObjectStore.BucketFound) {
                return answer.get();
            }
            throw StoreRefusals.of(reply, request);
        });
    }

    private static Map<String, UnsetAnswer> ofBuckets() {
        Map<String, UnsetAnswer> table = new LinkedHashMap<>();
        empty(table, "accelerate", "GetBucketAccelerateConfiguration", "AccelerateConfiguration");
        document(table, "acl", "GetBucketAcl", UnsetConfiguration::ownerControls);
        refused(table, "cors", "GetBucketCors", S3Error.NO_SUCH_CORS_CONFIGURATION);
        refused(
                table,
                "encryption",
                "GetBucketEncryption",
                S3Error.SERVER_SIDE_ENCRYPTION_CONFIGURATION_NOT_FOUND_ERROR);
        refused(table, "lifecycle", "GetBucketLifecycleConfiguration", S3Error.NO_SUCH_LIFECYCLE_CONFIGURATION);
        empty(table, "logging", "GetBucketLogging", "BucketLoggingStatus");
        empty(table, "notification", "GetBucketNotificationConfiguration", "NotificationConfiguration");
        refused(table, "object-lock", "GetObjectLockConfiguration", S3Error.OBJECT_LOCK_CONFIGURATION_NOT_FOUND_ERROR);
        refused(table, "ownershipControls", "GetBucketOwnershipControls", S3Error.OWNERSHIP_CONTROLS_NOT_FOUND_ERROR);
        refused(table, "policy", "GetBucketPolicy", S3Error.NO_SUCH_BUCKET_POLICY);
        refused(table, "policyStatus", "GetBucketPolicyStatus", S3Error.NO_SUCH_BUCKET_POLICY);
        refused(table, "publicAccessBlock", "GetPublicAccessBlock", S3Error.NO_SUCH_PUBLIC_ACCESS_BLOCK_CONFIGURATION);
        refused(table, "replication", "GetBucketReplication", S3Error.REPLICATION_CONFIGURATION_NOT_FOUND_ERROR);
        document(table, "requestPayment", "GetBucketRequestPayment", () -> XmlWriter.s3("RequestPaymentConfiguration")
                .element("Payer", "BucketOwner"));
        refused(table, "tagging", "GetBucketTagging", S3Error.NO_SUCH_TAG_SET);
        empty(table, "versioning", "GetBucketVersioning", "VersioningConfiguration");
        refused(table, "website", "GetBucketWebsite", S3Error.NO_SUCH_WEBSITE_CONFIGURATION);
        return table;
    }

    private static Map<String, UnsetAnswer> ofObjects() {
        Map<String, UnsetAnswer> table = new LinkedHashMap<>();
        document(table, "acl", "GetObjectAcl", UnsetConfiguration::ownerControls);
        table.put("legal-hold", new UnsetAnswer("GetObjectLegalHold", UnsetConfiguration::noObjectLock));
        table.put("retention", new UnsetAnswer("GetObjectRetention", UnsetConfiguration::noObjectLock));
        document(table, "tagging", "GetObjectTagging", () -> XmlWriter.s3("Tagging")
                .begin("TagSet")
                .end());
        return table;
    }

    private static void empty(Map<String, UnsetAnswer> table, String subResource, String operation, String root) {
        document(table, subResource, operation, () -> XmlWriter.s3(root));
    }

    private static void document(
            Map<String, UnsetAnswer> table, String subResource, String operation, Supplier<XmlWriter> document) {
        table.put(
                subResource,
                new UnsetAnswer(operation, () -> S3Response.xml(document.get().finish())));
    }

    private static void refused(Map<String, UnsetAnswer> table, String subResource, String operation, S3Error error) {
        table.put(subResource, new UnsetAnswer(operation, () -> {
            throw error.asException();
        }));
    }

    private static S3Response noObjectLock() {
        throw S3Error.INVALID_REQUEST.asException("Bucket is missing Object Lock Configuration");
    }

    private static XmlWriter ownerControls() {
        return Owner.write(XmlWriter.s3("AccessControlPolicy"))
                .begin("AccessControlList")
                .begin("Grant")
                .begin(
                        "Grantee",
                        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
                        "xsi:type",
                        "CanonicalUser")
                .element("ID", Owner.ID)
                .element("DisplayName", Owner.DISPLAY_NAME)
                .end()
                .element("Permission", "FULL_CONTROL")
                .end()
                .end();
    }
}
