package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.xml.XmlWriter;
import java.util.concurrent.CompletionStage;

/** {@code GET /bucket?location}; the oldest region's name is the empty text. */
final class GetBucketLocation implements Operation {
    private final ObjectStore store;
    private final String region;

    GetBucketLocation(ObjectStore store, String region) {
        this.store = store;
        this.region = region;
    }

    @Override
    public String name() {
        return "GetBucketLocation";
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        S3Request request = call.request();
        return store.headBucket(request.bucket().bucket()).thenApply(reply -> {
            if (reply instanceof ObjectStore.BucketFound) {
                String location = region.equals(CreateBucket.OLDEST_REGION) ? "" : region;
                return S3Response.xml(
                        XmlWriter.s3("LocationConstraint").text(location).finish());
            }
            throw StoreRefusals.of(reply, request);
        });
    }
}
