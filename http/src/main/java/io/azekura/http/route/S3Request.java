package io.azekura.http.route;

import io.azekura.http.sigv4.RawRequest;
import io.azekura.persistence.Check;

/**
 * One request, read once: authentication, routing and storage all see this same object.
 *
 * @param id sixteen upper-case hexadecimal digits that every answer and log line of this request carries
 * @param raw what signatures cover
 * @param remoteAddress the peer of the socket; forwarding headers are not believed
 */
public record S3Request(
        String id, RawRequest raw, Target target, QueryParameters query, RequestHeaders headers, String remoteAddress) {
    public S3Request(String id, RawRequest raw, Target target, String remoteAddress) {
        this(id, raw, target, new QueryParameters(raw.query()), new RequestHeaders(raw), remoteAddress);
    }

    public String method() {
        return raw.method();
    }

    public boolean isHead() {
        return method().equals("HEAD");
    }

    /** The bucket that an operation on a bucket was routed for. */
    Target.OfBucket bucket() {
        Check.state(target instanceof Target.OfBucket, "not about a bucket");
        return (Target.OfBucket) target;
    }

    /** The object that an operation on an object was routed for. */
    Target.OfObject object() {
        Check.state(target instanceof Target.OfObject, "not about an object");
        return (Target.OfObject) target;
    }
}
