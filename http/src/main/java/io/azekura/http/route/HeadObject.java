package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import java.util.concurrent.CompletionStage;

/** {@code HEAD /bucket/key}: what GET would answer, without the bytes. */
final class HeadObject implements Operation {
    private final ObjectStore store;

    HeadObject(ObjectStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "HeadObject";
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        S3Request request = call.request();
        Target.OfObject object = request.object();
        return store.get(object.bucket(), object.key()).thenApply(reply -> {
            if (reply instanceof ObjectStore.Opened opened) {
                return answer(ObjectReading.plan(request, opened.object().record()));
            }
            throw StoreRefusals.of(reply, request);
        });
    }

    private static S3Response answer(ObjectReading reading) {
        S3Response.Body body = reading.hasBody()
                ? new S3Response.DescribedBody(reading.contentType(), reading.length())
                : S3Response.NoBody.INSTANCE;
        return new S3Response(reading.status(), reading.headers(), body);
    }
}
