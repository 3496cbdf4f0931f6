package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.xml.XmlWriter;
import io.azekura.persistence.model.Bytes;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code GET /bucket}: the first generation of listing, whose pages go on after a marker that is a key or a prefix. */
final class ListObjects implements Operation {
    private final ObjectStore store;

    ListObjects(ObjectStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "ListObjects";
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        S3Request request = call.request();
        Listing listing = Listing.of(request, true);
        Bytes marker = Bytes.utf8(request.query().get("marker").orElse(""));
        Bytes from = from(listing, marker);
        if (from == null) {
            return store.headBucket(listing.bucket()).thenApply(reply -> {
                if (reply instanceof ObjectStore.BucketFound) {
                    return answer(listing, marker, new ObjectStore.Page(List.of(), List.of(), null));
                }
                throw StoreRefusals.of(reply, request);
            });
        }
        return listing.page(store, request, from).thenApply(page -> answer(listing, marker, page));
    }

    /** A marker that is a common prefix of this listing stands for all keys below it; null when nothing can follow. */
    private static @Nullable Bytes from(Listing listing, Bytes marker) {
        if (marker.length() == 0) {
            return Bytes.EMPTY;
        }
        int end = marker.startsWith(listing.prefix())
                ? marker.indexOf(listing.delimiter(), listing.prefix().length())
                : -1;
        boolean isCommonPrefix = end >= 0 && end + listing.delimiter().length() == marker.length();
        return isCommonPrefix ? marker.successorOfPrefix() : Listing.after(marker);
    }

    private static S3Response answer(Listing listing, Bytes marker, ObjectStore.Page page) {
        XmlWriter xml = listing.writeHead(XmlWriter.s3("ListBucketResult"))
                .element("Marker", listing.text().of(marker))
                .element("IsTruncated", page.next() != null);
        if (page.next() != null && listing.delimiter().length() > 0) {
            xml.element("NextMarker", listing.text().of(last(page)));
        }
        return S3Response.xml(listing.writeEntries(xml, page).finish());
    }

    /** The greatest entry; pages that are not the last have at least one. */
    private static Bytes last(ObjectStore.Page page) {
        List<ObjectStore.ListedObject> objects = page.objects();
        List<Bytes> prefixes = page.commonPrefixes();
        Bytes object = objects.isEmpty()
                ? Bytes.EMPTY
                : objects.get(objects.size() - 1).key().utf8();
        Bytes prefix = prefixes.isEmpty() ? Bytes.EMPTY : prefixes.get(prefixes.size() - 1);
        return object.compareTo(prefix) > 0 ? object : prefix;
    }
}
