package io.azekura.http.route;

import akka.util.ByteString;
import io.azekura.actors.protocol.ObjectStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code GET /bucket/key}, whole or one range. */
final class GetObject implements Operation {
    /** How often a version may be replaced between being found and being opened before the client has to come again. */
    private static final int ATTEMPTS_MAX = 5;

    private final ObjectStore store;

    GetObject(ObjectStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "GetObject";
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        return attempt(call.request(), 1);
    }

    private CompletionStage<S3Response> attempt(S3Request request, int attempt) {
        Target.OfObject object = request.object();
        return store.get(object.bucket(), object.key()).thenCompose(reply -> {
            if (reply instanceof ObjectStore.Opened opened) {
                return open(request, opened.object(), attempt);
            }
            throw StoreRefusals.of(reply, request);
        });
    }

    private CompletionStage<S3Response> open(S3Request request, ObjectStore.StoredObject object, int attempt) {
        ObjectReading reading = ObjectReading.plan(request, object.record());
        if (!reading.hasBody()) {
            return done(reading, S3Response.NoBody.INSTANCE);
        }
        if (reading.length() == 0) {
            return done(reading, new S3Response.StrictBody(reading.contentType(), ByteString.emptyByteString()));
        }
        return object.body(reading.first(), reading.length()).thenCompose(reply -> {
            if (reply instanceof ObjectStore.StrictBody body) {
                return done(reading, new S3Response.StrictBody(reading.contentType(), body.bytes()));
            } else if (reply instanceof ObjectStore.StreamedBody body) {
                return done(
                        reading, new S3Response.StreamedBody(reading.contentType(), reading.length(), body.bytes()));
            } else if (reply instanceof ObjectStore.Replaced) {
                if (attempt < ATTEMPTS_MAX) {
                    return attempt(request, attempt + 1);
                }
                throw StoreRefusals.unavailable(request, "replaced during each of " + ATTEMPTS_MAX + " attempts");
            }
            throw StoreRefusals.of(reply, request);
        });
    }

    private static CompletionStage<S3Response> done(ObjectReading reading, S3Response.Body body) {
        return CompletableFuture.completedFuture(new S3Response(reading.status(), reading.headers(), body));
    }
}
