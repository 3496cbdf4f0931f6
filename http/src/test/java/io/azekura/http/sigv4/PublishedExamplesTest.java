package io.azekura.http.sigv4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.Authentication.Authenticated;
import io.azekura.http.sigv4.PayloadSignature.SignedChunks;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The worked examples of Amazon S3's API reference, "Authenticating requests (AWS Signature Version 4)". */
class PublishedExamplesTest {
    private static final Instant NOW = Instant.parse("2013-05-24T00:00:00Z");
    private static final String EMPTY = ClientSigner.EMPTY_SHA256;

    private final Authenticator authenticator = Authenticator.ofRegion(
            CredentialSource.of(new Credentials(ClientSigner.ACCESS_KEY, new SecretKey(ClientSigner.SECRET))),
            "us-east-1");

    @Test
    void getObject() {
        accept(
                "GET",
                "/test.txt",
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
                "host: examplebucket.s3.amazonaws.com",
                "range: bytes=0-9",
                "x-amz-content-sha256: " + EMPTY,
                "x-amz-date: 20130524T000000Z");
    }

    @Test
    void putObject() {
        Authenticated put = accept(
                "PUT",
                "/test$file.text",
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
                "date: Fri, 24 May 2013 00:00:00 GMT",
                "host: examplebucket.s3.amazonaws.com",
                "x-amz-content-sha256: 44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
                "x-amz-date: 20130524T000000Z",
                "x-amz-storage-class: REDUCED_REDUNDANCY");
        assertEquals(
                new PayloadSignature.Hashed("44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
                put.payload());
    }

    @Test
    void getBucketLifecycle() {
        accept(
                "GET",
                "/?lifecycle",
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
                "host: examplebucket.s3.amazonaws.com",
                "x-amz-content-sha256: " + EMPTY,
                "x-amz-date: 20130524T000000Z");
    }

    @Test
    void listObjects() {
        accept(
                "GET",
                "/?max-keys=2&prefix=J",
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
                "host: examplebucket.s3.amazonaws.com",
                "x-amz-content-sha256: " + EMPTY,
                "x-amz-date: 20130524T000000Z");
    }

    @Test
    void presignedGet() {
        RawRequest request = ClientSigner.raw(
                "GET",
                "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                        + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                        + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
                List.of("Host: examplebucket.s3.amazonaws.com"));
        assertEquals(
                new Authenticated(ClientSigner.ACCESS_KEY, PayloadSignature.Unsigned.INSTANCE),
                authenticator.authenticate(request, NOW.plusSeconds(86_400)));
    }

    @Test
    void chunkedUpload() {
        Authenticated put = accept(
                "PUT",
                "/examplebucket/chunkObject.txt",
                "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
                "content-encoding: aws-chunked",
                "content-length: 66824",
                "host: s3.amazonaws.com",
                "x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                "x-amz-date: 20130524T000000Z",
                "x-amz-decoded-content-length: 66560",
                "x-amz-storage-class: REDUCED_REDUNDANCY");
        SignedChunks chunks = assertInstanceOf(SignedChunks.class, put.payload());
        assertEquals(false, chunks.hasTrailers());
        ChunkVerifier verifier = chunks.newVerifier();
        endChunk(verifier, 65_536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
        endChunk(verifier, 1_024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
        endChunk(verifier, 0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
        ChunkVerifier swapped = chunks.newVerifier();
        S3Exception refusal = assertThrows(
                S3Exception.class,
                () -> endChunk(swapped, 1_024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"));
        assertEquals(S3Error.SIGNATURE_DOES_NOT_MATCH, refusal.error());
    }

    @Test
    void chunkedUploadWithTrailer() {
        Authenticated put = accept(
                "PUT",
                "/examplebucket/chunkObject.txt",
                "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
                "content-encoding: aws-chunked",
                "host: s3.amazonaws.com",
                "x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
                "x-amz-date: 20130524T000000Z",
                "x-amz-decoded-content-length: 66560",
                "x-amz-storage-class: REDUCED_REDUNDANCY",
                "x-amz-trailer: x-amz-checksum-crc32c");
        SignedChunks chunks = assertInstanceOf(SignedChunks.class, put.payload());
        assertEquals(true, chunks.hasTrailers());
        ChunkVerifier verifier = chunks.newVerifier();
        endChunk(verifier, 65_536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2");
        endChunk(verifier, 1_024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7");
        endChunk(verifier, 0, "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992");
        verifier.endTrailers(
                "x-amz-checksum-crc32c:sOO8/Q==\n", "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435");
    }

    private static void endChunk(ChunkVerifier verifier, int length, String signature) {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) 'a');
        verifier.update(ByteBuffer.wrap(data));
        verifier.endChunk(signature);
    }

    private Authenticated accept(String method, String target, String signature, String... headers) {
        List<String> all = new ArrayList<>(Arrays.asList(headers));
        List<String> names =
                all.stream().map(line -> line.substring(0, line.indexOf(':'))).toList();
        all.add("Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=" + String.join(";", names) + ",Signature=" + signature);
        Authentication result = authenticator.authenticate(ClientSigner.raw(method, target, all), NOW);
        return assertInstanceOf(Authenticated.class, result, () -> result.toString());
    }
}
