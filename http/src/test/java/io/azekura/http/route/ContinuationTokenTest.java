package io.azekura.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.azekura.http.error.S3Exception;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.Bytes;
import org.junit.jupiter.api.Test;

class ContinuationTokenTest {
    private static final BucketName BUCKET = new BucketName("bucket");

    @Test
    void aTokenSaysWhereToGoOn() {
        Bytes from = Bytes.wrap(new byte[] {'a', 0, (byte) 0xFF});
        assertEquals(from, ContinuationToken.decode(BUCKET, ContinuationToken.encode(BUCKET, from)));
    }

    /** Tokens live in clients across a restart into a newer release. */
    @Test
    void theFormatIsTheOneThatWasReleased() {
        assertEquals("Af_RZZdrZXk", ContinuationToken.encode(BUCKET, Bytes.utf8("key")));
    }

    @Test
    void aTokenOfAnotherBucketIsRefused() {
        String token = ContinuationToken.encode(BUCKET, Bytes.utf8("key"));
        assertThrows(S3Exception.class, () -> ContinuationToken.decode(new BucketName("other"), token));
    }

    @Test
    void everyAlteredCharacterIsNoticed() {
        String token = ContinuationToken.encode(BUCKET, Bytes.utf8("key"));
        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == 'A' ? 'Q' : 'A';
            String altered = token.substring(0, i) + other + token.substring(i + 1);
            assertThrows(S3Exception.class, () -> ContinuationToken.decode(BUCKET, altered), altered);
        }
        assertThrows(S3Exception.class, () -> ContinuationToken.decode(BUCKET, token.substring(0, 10)));
    }
}
