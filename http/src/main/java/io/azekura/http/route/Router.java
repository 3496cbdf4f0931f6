package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.error.S3Error;
import io.azekura.http.sigv4.QueryParameter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds the operation that a request asks for, or refuses. A request falls through to reading or writing an object only
 * when every one of its query parameters is understood: a sub-resource that is not served yet is {@code NotImplemented},
 * because a {@code PUT ?tagging} taken for a {@code PUT} would destroy the object.
 */
public final class Router {
    /** Query parameters of S3 that select an operation other than the plain one, or a version or part. */
    private static final Set<String> SUB_RESOURCES = Set.of(
            "accelerate",
            "acl",
            "analytics",
            "annotation",
            "append",
            "attributes",
            "cors",
            "delete",
            "encryption",
            "intelligent-tiering",
            "inventory",
            "legal-hold",
            "lifecycle",
            "location",
            "logging",
            "metadataConfiguration",
            "metadataInventoryTable",
            "metadataJournalTable",
            "metadataTable",
            "metrics",
            "notification",
            "object-lock",
            "ownershipControls",
            "partNumber",
            "policy",
            "policyStatus",
            "publicAccessBlock",
            "renameObject",
            "replication",
            "requestPayment",
            "restore",
            "retention",
            "select",
            "select-type",
            "session",
            "tagging",
            "torrent",
            "uploadId",
            "uploads",
            "versionId",
            "versioning",
            "versions",
            "website");

    private static final Set<String> LISTING = Set.of(
            "list-type",
            "prefix",
            "delimiter",
            "max-keys",
            "start-after",
            "continuation-token",
            "encoding-type",
            "fetch-owner",
            "marker");
    private static final Set<String> LISTING_BUCKETS =
            Set.of("max-buckets", "prefix", "continuation-token", "bucket-region");

    /** The version that every object has for as long as no bucket has versions. */
    private static final String NULL_VERSION = "null";

    private final ObjectStore store;
    private final Operation listBuckets;
    private final Operation createBucket;
    private final Operation headBucket;
    private final Operation deleteBucket;
    private final Operation getBucketLocation;
    private final Operation listObjects;
    private final Operation listObjectsV2;
    private final Operation putObject;
    private final Operation getObject;
    private final Operation headObject;
    private final Operation deleteObject;

    public Router(ObjectStore store, String region) {
        this.store = store;
        this.listBuckets = new ListBuckets(store, region);
        this.createBucket = new CreateBucket(store, region);
        this.headBucket = new HeadBucket(store);
        this.deleteBucket = new DeleteBucket(store);
        this.getBucketLocation = new GetBucketLocation(store, region);
        this.listObjects = new ListObjects(store);
        this.listObjectsV2 = new ListObjectsV2(store);
        this.putObject = new PutObject(store);
        this.getObject = new GetObject(store);
        this.headObject = new HeadObject(store);
        this.deleteObject = new DeleteObject(store);
    }

    /** Throws {@link io.azekura.http.error.S3Exception} when there is no such operation. */
    public Operation route(S3Request request) {
        FeatureHeaders.check(request.headers());
        if (request.target() instanceof Target.OfService) {
            return ofService(request);
        }
        return request.target() instanceof Target.OfBucket ? ofBucket(request) : ofObject(request);
    }

    private Operation ofService(S3Request request) {
        if (!request.method().equals("GET")) {
            throw S3Error.METHOD_NOT_ALLOWED.asException();
        }
        return plain(request, listBuckets, LISTING_BUCKETS::contains);
    }

    private Operation ofBucket(S3Request request) {
        return switch (request.method()) {
            case "GET" -> readBucket(request);
            case "HEAD" -> plain(request, headBucket, name -> false);
            case "PUT" -> plain(request, createBucket, name -> false);
            case "DELETE" -> plain(request, deleteBucket, name -> false);
            case "POST" ->
                throw S3Error.NOT_IMPLEMENTED.asException(
                        "POST on buckets, as for multiple deletes and forms, is not implemented");
            default -> throw S3Error.METHOD_NOT_ALLOWED.asException();
        };
    }

    private Operation readBucket(S3Request request) {
        List<String> asked = beyond(request, LISTING::contains);
        if (asked.isEmpty()) {
            return switch (request.query().get("list-type").orElse("1")) {
                case "1" -> listObjects;
                case "2" -> listObjectsV2;
                default ->
                    throw S3Error.INVALID_ARGUMENT
                            .asException("Invalid List Type specified in Request")
                            .with("ArgumentName", "list-type");
            };
        }
        if (asked.equals(List.of("location"))) {
            return getBucketLocation;
        }
        return UnsetConfiguration.ofBucket(single(asked), store).orElseThrow(() -> notImplemented(asked));
    }

    private Operation ofObject(S3Request request) {
        return switch (request.method()) {
            case "GET" -> readObject(request);
            case "HEAD" -> plain(request, headObject, name -> isReading(request, name));
            case "PUT" -> plain(request, putObject, name -> false);
            case "DELETE" -> plain(request, deleteObject, name -> isNullVersion(request, name));
            case "POST" ->
                throw S3Error.NOT_IMPLEMENTED.asException(
                        "POST on objects, as for multipart uploads, is not implemented");
            default -> throw S3Error.METHOD_NOT_ALLOWED.asException();
        };
    }

    private Operation readObject(S3Request request) {
        List<String> asked = beyond(request, name -> isReading(request, name));
        return asked.isEmpty()
                ? getObject
                : UnsetConfiguration.ofObject(single(asked), store).orElseThrow(() -> notImplemented(asked));
    }

    private static boolean isReading(S3Request request, String name) {
        return ObjectHeaders.isOverride(name) || isNullVersion(request, name) || isOnlyPart(request, name);
    }

    private static boolean isNullVersion(S3Request request, String name) {
        return name.equals("versionId") && request.query().get(name).orElse("").equals(NULL_VERSION);
    }

    /** Objects are of one part until there are multipart uploads. */
    private static boolean isOnlyPart(S3Request request, String name) {
        return name.equals("partNumber") && request.query().get(name).orElse("").equals("1");
    }

    private static Operation plain(S3Request request, Operation operation, Predicate<String> understood) {
        List<String> beyond = beyond(request, understood);
        if (beyond.isEmpty()) {
            return operation;
        }
        throw notImplemented(beyond);
    }

    /**
     * The parameters that ask for something else than the plain operation. Amazon ignores names that it does not know;
     * here that holds only for reads and for names with a value: a flag is sure to be a sub-resource of the future.
     */
    private static List<String> beyond(S3Request request, Predicate<String> understood) {
        boolean reads = request.method().equals("GET") || request.isHead();
        return request.query().all().stream()
                .filter(parameter -> !isAuthentication(parameter) && !understood.test(parameter.name()))
                .filter(parameter -> !reads || parameter.value().isEmpty() || SUB_RESOURCES.contains(parameter.name()))
                .map(QueryParameter::name)
                .toList();
    }

    /** Presigning, headers moved to the query, and the {@code x-id} with which SDKs name the operation they mean. */
    private static boolean isAuthentication(QueryParameter parameter) {
        String name = parameter.name().toLowerCase(Locale.ROOT);
        return name.startsWith("x-amz-") || name.equals("x-id");
    }

    private static String single(List<String> asked) {
        if (asked.size() > 1) {
            throw notImplemented(asked);
        }
        return asked.get(0);
    }

    private static RuntimeException notImplemented(List<String> parameters) {
        String names = String.join(", ", parameters);
        return S3Error.NOT_IMPLEMENTED
                .asException("Query parameters ask for something that is not implemented: " + names)
                .with("Parameter", names);
    }
}
