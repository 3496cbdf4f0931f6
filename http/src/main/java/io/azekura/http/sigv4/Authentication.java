package io.azekura.http.sigv4;

import io.azekura.http.error.S3Exception;

/** What authentication comes to: a principal, or nothing. No handler runs without an {@link Authenticated}. */
public sealed interface Authentication {
    /** Whoever holds this access key's secret has signed the head of the request. */
    record Authenticated(String accessKey, PayloadSignature payload) implements Authentication {}

    /** Nobody has, as far as we can tell; the refusal says what to answer. */
    record Rejected(S3Exception refusal) implements Authentication {}
}
