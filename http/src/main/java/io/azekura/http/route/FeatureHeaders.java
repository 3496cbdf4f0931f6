package io.azekura.http.route;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import java.util.List;
import java.util.Set;

/**
 * Headers that ask for a feature which is not there. To ignore one would be to promise encryption, a lock or a copy and
 * not to keep it, so each is refused, on every operation.
 */
final class FeatureHeaders {
    private static final List<String> REFUSED_PREFIXES = List.of(
            "x-amz-bypass-governance-retention",
            "x-amz-copy-source",
            "x-amz-grant-",
            "x-amz-metadata-directive",
            "x-amz-mfa",
            "x-amz-object-lock-",
            "x-amz-rename-source",
            "x-amz-server-side-encryption",
            "x-amz-tagging",
            "x-amz-website-redirect-location",
            "x-amz-write-offset-bytes");

    private static final Set<String> STORAGE_CLASSES = Set.of(
            "STANDARD",
            "REDUCED_REDUNDANCY",
            "STANDARD_IA",
            "ONEZONE_IA",
            "INTELLIGENT_TIERING",
            "GLACIER",
            "GLACIER_IR",
            "DEEP_ARCHIVE");

    private FeatureHeaders() {}

    /** Throws for the first header that cannot be honoured. */
    static void check(RequestHeaders headers) {
        for (String name : headers.names()) {
            if (name.startsWith("x-amz-") && REFUSED_PREFIXES.stream().anyMatch(name::startsWith)) {
                throw notImplemented(name);
            }
        }
        headers.get("x-amz-bucket-object-lock-enabled")
                .filter(value -> !value.equalsIgnoreCase("false"))
                .ifPresent(value -> {
                    throw notImplemented("x-amz-bucket-object-lock-enabled");
                });
        headers.get("x-amz-object-ownership")
                .filter(value -> !value.equals("BucketOwnerEnforced"))
                .ifPresent(value -> {
                    throw notImplemented("x-amz-object-ownership");
                });
        headers.get("x-amz-acl").filter(acl -> !acl.equals("private")).ifPresent(acl -> {
            throw notImplemented("x-amz-acl");
        });
        headers.get("x-amz-expected-bucket-owner")
                .filter(owner -> !owner.equals(Owner.ID))
                .ifPresent(owner -> {
                    throw S3Error.ACCESS_DENIED.asException();
                });
        headers.get("x-amz-storage-class")
                .filter(name -> !STORAGE_CLASSES.contains(name))
                .ifPresent(name -> {
                    throw S3Error.INVALID_STORAGE_CLASS.asException().with("StorageClassRequested", name);
                });
    }

    /** The refusal of a header, in Amazon's words and with its name. */
    static S3Exception notImplemented(String header) {
        return S3Error.NOT_IMPLEMENTED
                .asException(S3Error.NOT_IMPLEMENTED.text() + ": " + header)
                .with("Header", header);
    }
}
