package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.error.S3Error;
import io.azekura.http.xml.XmlWriter;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.Checksum;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What the two generations of listing have in common.
 *
 * @param keysMax most objects and common prefixes on the page; zero asks for nothing but is answered
 * @param withOwner whether each object says whose it is
 */
record Listing(BucketName bucket, Bytes prefix, Bytes delimiter, int keysMax, ListingText text, boolean withOwner) {
    private static final int KEYS_MAX = 1000;

    static Listing of(S3Request request, boolean withOwner) {
        QueryParameters query = request.query();
        return new Listing(
                request.bucket().bucket(),
                Bytes.utf8(query.get("prefix").orElse("")),
                Bytes.utf8(query.get("delimiter").orElse("")),
                query.get("max-keys").map(Listing::keysMax).orElse(KEYS_MAX),
                new ListingText(query.get("encoding-type").map(Listing::isUrl).orElse(false)),
                withOwner);
    }

    private static int keysMax(String text) {
        try {
            int asked = Integer.parseInt(text);
            if (asked >= 0) {
                return Math.min(asked, KEYS_MAX);
            }
        } catch (NumberFormatException e) {
            // The same refusal as for a number out of range.
        }
        throw S3Error.INVALID_ARGUMENT
                .asException("Argument maxKeys must be an integer between 0 and " + Integer.MAX_VALUE)
                .with("ArgumentName", "max-keys")
                .with("ArgumentValue", text);
    }

    private static boolean isUrl(String encodingType) {
        if (encodingType.equals("url")) {
            return true;
        }
        throw S3Error.INVALID_ARGUMENT
                .asException("Invalid Encoding Method specified in Request")
                .with("ArgumentName", "encoding-type")
                .with("ArgumentValue", encodingType);
    }

    /** The page that begins with the least key not below {@code from}. */
    CompletionStage<ObjectStore.Page> page(ObjectStore store, S3Request request, Bytes from) {
        if (keysMax == 0) {
            return nothing(store, request);
        }
        return store.list(new ObjectStore.ListObjects(bucket, prefix, delimiter, from, keysMax))
                .thenApply(reply -> {
                    if (reply instanceof ObjectStore.Page page) {
                        return page;
                    }
                    throw StoreRefusals.of(reply, request);
                });
    }

    private CompletionStage<ObjectStore.Page> nothing(ObjectStore store, S3Request request) {
        return store.headBucket(bucket).thenCompose(reply -> {
            if (reply instanceof ObjectStore.BucketFound) {
                return CompletableFuture.completedFuture(new ObjectStore.Page(List.of(), List.of(), null));
            }
            throw StoreRefusals.of(reply, request);
        });
    }

    /** The least key greater than this one. */
    static Bytes after(Bytes key) {
        byte[] next = new byte[key.length() + 1];
        System.arraycopy(key.array(), 0, next, 0, key.length());
        return Bytes.wrap(next);
    }

    XmlWriter writeHead(XmlWriter xml) {
        xml.element("Name", bucket.value()).element("Prefix", text.of(prefix)).element("MaxKeys", keysMax);
        if (delimiter.length() > 0) {
            xml.element("Delimiter", text.of(delimiter));
        }
        return text.encoded() ? xml.element("EncodingType", "url") : xml;
    }

    XmlWriter writeEntries(XmlWriter xml, ObjectStore.Page page) {
        page.objects().forEach(object -> writeObject(xml, object));
        for (Bytes commonPrefix : page.commonPrefixes()) {
            xml.begin("CommonPrefixes").element("Prefix", text.of(commonPrefix)).end();
        }
        return xml;
    }

    private void writeObject(XmlWriter xml, ObjectStore.ListedObject object) {
        xml.begin("Contents")
                .element("Key", text.of(object.key().utf8()))
                .element("LastModified", Times.xml(object.record().time()))
                .element("ETag", ObjectHeaders.quoted(object.record().etag()));
        for (Checksum checksum : object.record().checksums()) {
            xml.element("ChecksumAlgorithm", checksum.algorithm().name());
        }
        if (!object.record().checksums().isEmpty()) {
            xml.element(
                    "ChecksumType", object.record().checksums().get(0).type().name());
        }
        xml.element("Size", object.record().size());
        if (withOwner) {
            Owner.write(xml);
        }
        xml.element("StorageClass", "STANDARD").end();
    }
}
