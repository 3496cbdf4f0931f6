package io.azekura.http.sigv4;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** The secret half of a pair of keys. Never printed, and compared in constant time. */
public final class SecretKey {
    private final String secret;

    public SecretKey(String secret) {
        this.secret = secret;
    }

    /** What the derivation of signing keys starts from: {@code "AWS4" + secret}. */
    byte[] derivationSeed() {
        return ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretKey that && MessageDigest.isEqual(derivationSeed(), that.derivationSeed());
    }

    @Override
    public int hashCode() {
        return secret.hashCode();
    }

    @Override
    public String toString() {
        return "SecretKey(redacted)";
    }
}
