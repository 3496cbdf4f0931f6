package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.error.S3Error;
import io.azekura.http.xml.XmlWriter;
import io.azekura.persistence.model.BucketRecord;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** {@code GET /}, by pages if the client wants pages; the continuation token is the last name of the page before. */
final class ListBuckets implements Operation {
    /** As Amazon has it for {@code max-buckets}. */
    private static final int PAGE_MAX = 10_000;

    private final ObjectStore store;
    private final String region;

    ListBuckets(ObjectStore store, String region) {
        this.store = store;
        this.region = region;
    }

    @Override
    public String name() {
        return "ListBuckets";
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        S3Request request = call.request();
        int pageMax =
                request.query().get("max-buckets").map(ListBuckets::pageMax).orElse(PAGE_MAX);
        return store.listBuckets().thenApply(reply -> {
            if (reply instanceof ObjectStore.Buckets buckets) {
                return answer(request.query(), buckets.buckets(), pageMax);
            }
            throw StoreRefusals.of(reply, request);
        });
    }

    private static int pageMax(String text) {
        try {
            int asked = Integer.parseInt(text);
            if (asked >= 1 && asked <= PAGE_MAX) {
                return asked;
            }
        } catch (NumberFormatException e) {
            // The same refusal as for a number out of range.
        }
        throw S3Error.INVALID_ARGUMENT
                .asException("max-buckets must be an integer between 1 and " + PAGE_MAX)
                .with("ArgumentName", "max-buckets");
    }

    private S3Response answer(QueryParameters query, List<BucketRecord> all, int pageMax) {
        String prefix = query.get("prefix").orElse("");
        String after = query.get("continuation-token").orElse("");
        boolean otherRegion = !query.get("bucket-region").orElse(region).equals(region);
        List<BucketRecord> matching = all.stream()
                .filter(bucket -> !otherRegion
                        && bucket.name().value().startsWith(prefix)
                        && bucket.name().value().compareTo(after) > 0)
                .toList();
        List<BucketRecord> page = matching.subList(0, Math.min(pageMax, matching.size()));
        XmlWriter xml = Owner.write(XmlWriter.s3("ListAllMyBucketsResult")).begin("Buckets");
        for (BucketRecord bucket : page) {
            xml.begin("Bucket")
                    .element("Name", bucket.name().value())
                    .element("CreationDate", Times.xml(bucket.createdMicros()))
                    .element("BucketRegion", region)
                    .end();
        }
        xml.end();
        if (page.size() < matching.size()) {
            xml.element("ContinuationToken", page.get(page.size() - 1).name().value());
        }
        if (query.has("prefix")) {
            xml.element("Prefix", prefix);
        }
        return S3Response.xml(xml.finish());
    }
}
