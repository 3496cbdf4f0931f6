package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** {@code HEAD /bucket}; the region, which is what clients ask for, is on every answer about a bucket. */
final class HeadBucket implements Operation {
    private final ObjectStore store;

    HeadBucket(ObjectStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "HeadBucket";
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        S3Request request = call.request();
        return store.headBucket(request.bucket().bucket()).thenApply(reply -> {
            if (reply instanceof ObjectStore.BucketFound) {
                return new S3Response(
                        200,
                        List.of(new S3Response.Header("x-amz-access-point-alias", "false")),
                        new S3Response.DescribedBody(S3Response.XML, 0));
            }
            throw StoreRefusals.of(reply, request);
        });
    }
}
