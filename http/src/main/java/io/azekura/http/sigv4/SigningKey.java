package io.azekura.http.sigv4;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/** What signs within one scope: derived from the secret, the day, the region and the service. Never printed. */
final class SigningKey {
    private final byte[] key;

    private SigningKey(byte[] key) {
        this.key = key;
    }

    static SigningKey derive(SecretKey secret, CredentialScope scope) {
        byte[] day = Sha256.hmac(secret.derivationSeed(), scope.date());
        byte[] region = Sha256.hmac(day, scope.region());
        byte[] service = Sha256.hmac(region, scope.service());
        return new SigningKey(Sha256.hmac(service, scope.terminator()));
    }

    /** The signature of a string to sign, in lower-case hexadecimal. */
    String sign(String stringToSign) {
        return HexFormat.of().formatHex(Sha256.hmac(key, stringToSign));
    }

    /** Whether this is the signature of the string; takes the same time whichever of its digits are wrong. */
    boolean verifies(String signature, String stringToSign) {
        return MessageDigest.isEqual(
                sign(stringToSign).getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "SigningKey(redacted)";
    }
}
