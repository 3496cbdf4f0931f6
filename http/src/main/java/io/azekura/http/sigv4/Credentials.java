package io.azekura.http.sigv4;

import io.azekura.persistence.Check;

/** A pair of keys; printing it does not show the secret. */
public record Credentials(String accessKey, SecretKey secretKey) {
    public Credentials {
        Check.argument(!accessKey.isEmpty(), "empty access key");
    }
}
