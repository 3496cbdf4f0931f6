package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** {@code DELETE /bucket/key}; deleting what does not exist succeeds. */
final class DeleteObject implements Operation {
    /** Conditions on deletes came to S3 in 2024 and 2025; deleting in spite of one would lose data. */
    private static final List<String> CONDITIONS = List.of(
            "if-match",
            "if-none-match",
            "if-modified-since",
            "if-unmodified-since",
            "x-amz-if-match-last-modified-time",
            "x-amz-if-match-size");

    private final ObjectStore store;

    DeleteObject(ObjectStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "DeleteObject";
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        S3Request request = call.request();
        for (String condition : CONDITIONS) {
            if (request.headers().has(condition)) {
                throw FeatureHeaders.notImplemented(condition);
            }
        }
        Target.OfObject object = request.object();
        return store.delete(object.bucket(), object.key()).thenApply(reply -> {
            if (reply instanceof ObjectStore.Deleted) {
                return S3Response.empty(204);
            }
            throw StoreRefusals.of(reply, request);
        });
    }
}
