package io.azekura.http.route;

import akka.util.ByteString;
import io.azekura.actors.protocol.ObjectStore;
import io.azekura.http.error.S3Error;
import io.azekura.http.xml.XmlElement;
import io.azekura.http.xml.XmlReader;
import java.util.concurrent.CompletionStage;

/** {@code PUT /bucket}. The location may be left out, be this region, or be the oldest one, which old clients send. */
final class CreateBucket implements Operation {
    static final String OLDEST_REGION = "us-east-1";

    private static final String DOCUMENT = "CreateBucketConfiguration";
    private static final String LOCATION = "LocationConstraint";

    private final ObjectStore store;
    private final String region;

    CreateBucket(ObjectStore store, String region) {
        this.store = store;
        this.region = region;
    }

    @Override
    public String name() {
        return "CreateBucket";
    }

    @Override
    public CompletionStage<S3Response> run(Call call) {
        S3Request request = call.request();
        return call.body()
                .document(XmlReader.BYTES_MAX)
                .thenCompose(document -> {
                    checkLocation(document);
                    return store.createBucket(request.bucket().bucket());
                })
                .thenApply(reply -> answer(reply, request));
    }

    private S3Response answer(ObjectStore.CreateBucketReply reply, S3Request request) {
        if (reply instanceof ObjectStore.BucketCreated) {
            return created(request);
        } else if (reply instanceof ObjectStore.BucketExists) {
            // Amazon's oldest region says yes to an owner who asks again, all others refuse.
            if (region.equals(OLDEST_REGION)) {
                return created(request);
            }
            throw S3Error.BUCKET_ALREADY_OWNED_BY_YOU
                    .asException()
                    .with("BucketName", request.bucket().bucket().value());
        }
        throw StoreRefusals.of(reply, request);
    }

    private static S3Response created(S3Request request) {
        return S3Response.empty(200).with("Location", request.target().resource());
    }

    private void checkLocation(ByteString document) {
        if (document.isEmpty()) {
            return;
        }
        XmlElement root = XmlReader.read(document)
                .filter(element -> element.name().equals(DOCUMENT))
                .orElseThrow(S3Error.MALFORMED_XML::asException);
        for (XmlElement child : root.children()) {
            if (!child.name().equals(LOCATION)) {
                throw S3Error.NOT_IMPLEMENTED
                        .asException("The configuration asks for something that is not implemented: " + child.name())
                        .with("Element", child.name());
            }
            String location = child.text().strip();
            if (!location.isEmpty() && !location.equals(region) && !location.equals(OLDEST_REGION)) {
                throw S3Error.ILLEGAL_LOCATION_CONSTRAINT_EXCEPTION.asException(
                        "The " + location + " location constraint is incompatible for the region specific endpoint this"
                                + " request was sent to.");
            }
        }
    }
}
