package io.azekura.http.route;

import io.azekura.http.error.S3Error;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.ObjectKey;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a request is about: the service, a bucket, or an object. */
public sealed interface Target {
    /** The path alone, or nothing at all. */
    enum OfService implements Target {
        INSTANCE
    }

    record OfBucket(BucketName bucket) implements Target {}

    record OfObject(BucketName bucket, ObjectKey key) implements Target {}

    /**
     * Reads a decoded path. Dots and doubled slashes have no meaning in it: all that counts is where the bucket ends.
     *
     * @param path decoded once, beginning with a slash
     * @param virtualBucket the bucket that the Host header names, or null for path style
     */
    static Target of(Bytes path, @Nullable String virtualBucket) {
        if (path.length() == 0 || path.at(0) != '/') {
            throw S3Error.INVALID_URI.asException();
        }
        if (virtualBucket != null) {
            return of(virtualBucket, path.slice(1, path.length()));
        }
        if (path.length() == 1) {
            return OfService.INSTANCE;
        }
        int slash = 1;
        while (slash < path.length() && path.at(slash) != '/') {
            slash++;
        }
        return of(path.slice(1, slash).utf8(), path.slice(Math.min(slash + 1, path.length()), path.length()));
    }

    private static Target of(String bucket, Bytes key) {
        if (!BucketName.isValid(bucket)) {
            throw S3Error.INVALID_BUCKET_NAME.asException().with("BucketName", bucket);
        }
        BucketName name = new BucketName(bucket);
        if (key.length() == 0) {
            return new OfBucket(name);
        }
        if (key.length() > ObjectKey.BYTES_MAX) {
            throw S3Error.KEY_TOO_LONG_ERROR
                    .asException()
                    .with("Size", Integer.toString(key.length()))
                    .with("MaxSizeAllowed", Integer.toString(ObjectKey.BYTES_MAX));
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(key.buffer());
        } catch (CharacterCodingException e) {
            throw S3Error.INVALID_URI.asException("The key is not well-formed UTF-8.");
        }
        return new OfObject(name, new ObjectKey(key));
    }

    /**
     * The bucket named by a Host header of the form {@code bucket.domain}, for one of the given domains, or null. An IP
     * address never is of that form, because no domain ends like one.
     *
     * @param host as sent, perhaps with a port
     */
    static @Nullable String virtualBucket(String host, List<String> domains) {
        int port = host.startsWith("[") ? -1 : host.indexOf(':');
        String name = (port < 0 ? host : host.substring(0, port)).toLowerCase(Locale.ROOT);
        for (String domain : domains) {
            int length = name.length() - domain.length() - 1;
            if (length > 0 && name.endsWith(domain) && name.charAt(length) == '.') {
                return name.substring(0, length);
            }
        }
        return null;
    }

    /** {@code /bucket/key} in plain text, for the {@code <Resource>} of errors and for the log. */
    default String resource() {
        if (this instanceof OfObject object) {
            return "/" + object.bucket() + "/" + object.key().text();
        }
        return this instanceof OfBucket bucket ? "/" + bucket.bucket() : "/";
    }
}
