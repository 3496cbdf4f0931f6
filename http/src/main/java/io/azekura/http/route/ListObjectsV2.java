package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.xml.XmlWriter;
import io.azekura.persistence.model.Bytes;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** {@code GET /bucket?list-type=2}. */
final class ListObjectsV2 implements Operation {
    private final ObjectStore store;

    ListObjectsV2(ObjectStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "ListObjectsV2";
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        S3Request request = call.request();
        QueryParameters query = request.query();
        Listing listing = Listing.of(
                request, query.get("fetch-owner").filter("true"::equals).isPresent());
        Optional<String> token = query.get("continuation-token");
        Optional<Bytes> startAfter = query.get("start-after").map(Bytes::utf8);
        Bytes from = token.map(text -> ContinuationToken.decode(listing.bucket(), text))
                .orElseGet(() -> startAfter
                        .filter(key -> key.length() > 0)
                        .map(Listing::after)
                        .orElse(Bytes.EMPTY));
        return listing.page(store, request, from).thenApply(page -> {
            XmlWriter xml = listing.writeHead(XmlWriter.s3("ListBucketResult"))
                    .element(
                            "KeyCount",
                            page.objects().size() + page.commonPrefixes().size())
                    .element("IsTruncated", page.next() != null);
            startAfter.ifPresent(key -> xml.element("StartAfter", listing.text().of(key)));
            token.ifPresent(text -> xml.element("ContinuationToken", text));
            Bytes next = page.next();
            if (next != null) {
                xml.element("NextContinuationToken", ContinuationToken.encode(listing.bucket(), next));
            }
            return S3Response.xml(listing.writeEntries(xml, page).finish());
        });
    }
}
