package io.azekura.http.route;

import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.body.BodyPlan;
import io.azekura.http.body.BodyReader;
import io.azekura.http.body.VerifiedBody;
import io.azekura.http.error.S3Error;
import io.azekura.persistence.model.ObjectRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** {@code PUT /bucket/key} with the object as the body. */
final class PutObject implements Operation {
    /** Bodies up to this length are collected first: the store then needs no stream for them. */
    private static final int COLLECTED_BYTES_MAX = 128 * 1024;

    /** Names without their prefix and values of user metadata together: Amazon's limit. */
    private static final int METADATA_BYTES_MAX = 2 * 1024;

    private static final String ANY = "*";

    private final ObjectStore store;

    PutObject(ObjectStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "PutObject";
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        S3Request request = call.request();
        Map<String, String> headers = systemHeaders(request.headers());
        Map<String, String> metadata = metadata(request.headers());
        ObjectStore.Precondition precondition = precondition(request.headers());
        BodyPlan plan = call.body().plan(BodyPlan.AbsentChecksum.COMPUTE_CRC64NVME);
        BodyReader reader = plan.newReader();
        Supplier<ObjectStore.Attributes> attributes = () -> {
            VerifiedBody verified = reader.verified();
            return new ObjectStore.Attributes(verified.etag(), headers, metadata, verified.checksums());
        };
        Target.OfObject object = request.object();
        ObjectStore.PutObject put =
                new ObjectStore.PutObject(object.bucket(), object.key(), plan.length(), attributes, precondition);
        CompletionStage<ObjectStore.PutReply> stored = plan.length() <= COLLECTED_BYTES_MAX
                ? call.body().whole(reader).thenCompose(bytes -> store.put(put, bytes))
                : store.put(put, call.body().streamed(reader));
        return stored.thenApply(reply -> answer(reply, request));
    }

    private static S3Response answer(ObjectStore.PutReply reply, S3Request request) {
        if (reply instanceof ObjectStore.Stored stored) {
            ObjectRecord record = stored.record();
            List<S3Response.Header> headers = new ArrayList<>();
            headers.add(new S3Response.Header("ETag", ObjectHeaders.quoted(record.etag())));
            headers.addAll(ObjectHeaders.checksums(record));
            return new S3Response(200, headers, S3Response.NoBody.INSTANCE);
        }
        throw StoreRefusals.of(reply, request);
    }

    private static Map<String, String> systemHeaders(RequestHeaders headers) {
        Map<String, String> kept = new TreeMap<>();
        for (String name : ObjectHeaders.KEPT.keySet()) {
            Optional<String> value = headers.get(name);
            if (name.equals("content-encoding")) {
                value = value.flatMap(BodyPlan::storedContentEncoding);
            }
            value.filter(text -> !text.isEmpty()).ifPresent(text -> kept.put(name, text));
        }
        return kept;
    }

    private static Map<String, String> metadata(RequestHeaders headers) {
        Map<String, String> metadata = new TreeMap<>();
        int size = 0;
        for (String name : headers.names()) {
            if (name.startsWith(ObjectHeaders.METADATA) && name.length() > ObjectHeaders.METADATA.length()) {
                String key = name.substring(ObjectHeaders.METADATA.length());
                String value = headers.get(name).orElse("");
                size += key.length() + value.getBytes(StandardCharsets.UTF_8).length;
                metadata.put(key, value);
            }
        }
        if (size > METADATA_BYTES_MAX) {
            throw S3Error.METADATA_TOO_LARGE
                    .asException()
                    .with("Size", Integer.toString(size))
                    .with("MaxSizeAllowed", Integer.toString(METADATA_BYTES_MAX));
        }
        return metadata;
    }

    /** Amazon knows {@code If-None-Match: *} and {@code If-Match} with one tag; every other condition is refused. */
    private static ObjectStore.Precondition precondition(RequestHeaders headers) {
        refuse(headers, "if-modified-since");
        refuse(headers, "if-unmodified-since");
        Optional<String> ifMatch = headers.get("if-match").map(String::strip);
        Optional<String> ifNoneMatch = headers.get("if-none-match").map(String::strip);
        if (ifMatch.isPresent() && ifNoneMatch.isPresent()) {
            throw FeatureHeaders.notImplemented("if-none-match");
        }
        if (ifNoneMatch.isPresent()) {
            if (!ifNoneMatch.get().equals(ANY)) {
                throw FeatureHeaders.notImplemented("if-none-match");
            }
            return ObjectStore.Precondition.Absent.INSTANCE;
        }
        if (ifMatch.isPresent()) {
            String tag = ReadConditions.unquoted(ifMatch.get());
            if (tag.isEmpty() || tag.contains(",") || tag.contains("\"")) {
                throw FeatureHeaders.notImplemented("if-match");
            }
            return new ObjectStore.Precondition.Matches(tag);
        }
        return ObjectStore.Precondition.Always.INSTANCE;
    }

    private static void refuse(RequestHeaders headers, String name) {
        if (headers.has(name)) {
            throw FeatureHeaders.notImplemented(name);
        }
    }
}
