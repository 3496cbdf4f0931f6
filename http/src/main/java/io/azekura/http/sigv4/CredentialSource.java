package io.azekura.http.sigv4;

import java.util.Optional;

/** Knows the secrets. Asked for every request, on its thread: must not block, and must be safe for many threads. */
@FunctionalInterface
public interface CredentialSource {
    /** The secret of an access key that may be used now; empty when unknown, disabled or deleted. */
    Optional<SecretKey> secretOf(String accessKey);

    /** The source that knows exactly one pair. */
    static CredentialSource of(Credentials only) {
        return accessKey -> accessKey.equals(only.accessKey()) ? Optional.of(only.secretKey()) : Optional.empty();
    }
}
