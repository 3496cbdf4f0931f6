package io.azekura.http.body;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import akka.util.ByteString;
import io.azekura.http.body.BodyPlan.AbsentChecksum;
import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.Authentication.Authenticated;
import io.azekura.http.sigv4.Authenticator;
import io.azekura.http.sigv4.ClientSigner;
import io.azekura.http.sigv4.CredentialSource;
import io.azekura.http.sigv4.Credentials;
import io.azekura.http.sigv4.PayloadSignature;
import io.azekura.http.sigv4.RawRequest;
import io.azekura.http.sigv4.SecretKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.function.Executable;

/** Plans and bodies for tests. */
final class Bodies {
    static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    static final String SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    static final String SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";

    private static final Authenticator AUTHENTICATOR = Authenticator.ofAnyRegion(
            CredentialSource.of(new Credentials(ClientSigner.ACCESS_KEY, new SecretKey(ClientSigner.SECRET))));

    private Bodies() {}

    static PayloadSignature payload(RawRequest request) {
        return assertInstanceOf(Authenticated.class, AUTHENTICATOR.authenticate(request, NOW))
                .payload();
    }

    static BodyPlan plan(PayloadSignature payload, String... headers) {
        RawRequest request = ClientSigner.raw("PUT", "/bucket/key", List.of(headers));
        return BodyPlan.of(request, payload, AbsentChecksum.COMPUTE_CRC64NVME);
    }

    static BodyPlan unsigned(long length, String... headers) {
        return plan(PayloadSignature.Unsigned.INSTANCE, and(headers, "content-length: " + length));
    }

    static BodyPlan unsignedChunks(long length, String... headers) {
        return plan(PayloadSignature.UnsignedChunks.INSTANCE, and(headers, "x-amz-decoded-content-length: " + length));
    }

    /** Signs the head of an upload in signed chunks; the signer goes on from there. */
    static BodyPlan signedChunks(ClientSigner signer, String hash, long length, String... headers) {
        RawRequest request = signer.request("PUT", hash, and(headers, "x-amz-decoded-content-length: " + length));
        return BodyPlan.of(request, payload(request), AbsentChecksum.COMPUTE_CRC64NVME);
    }

    static String[] and(String[] headers, String one) {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = one;
        return all;
    }

    static ByteString bytes(String text) {
        return ByteString.fromString(text);
    }

    static S3Exception assertRefused(S3Error error, Executable call) {
        S3Exception refusal = assertThrows(S3Exception.class, call);
        assertEquals(error, refusal.error(), refusal::toString);
        return refusal;
    }
}
