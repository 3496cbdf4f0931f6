package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import java.util.concurrent.CompletionStage;

/** {@code DELETE /bucket}, of an empty bucket only. */
final class DeleteBucket implements Operation {
    private final ObjectStore store;

    DeleteBucket(ObjectStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "DeleteBucket";
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        S3Request request = call.request();
        return store.deleteBucket(request.bucket().bucket()).thenApply(reply -> {
            if (reply instanceof ObjectStore.BucketDeleted) {
                return S3Response.empty(204);
            }
            throw StoreRefusals.of(reply, request);
        });
    }
}
