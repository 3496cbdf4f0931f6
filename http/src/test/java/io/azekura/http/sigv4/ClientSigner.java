package io.azekura.http.sigv4;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A client's side of Signature Version 4, written from the documentation and sharing no code with the server's. Signs
 * what it is told to, right or wrong.
 */
public final class ClientSigner {
    public static final String ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";
    public static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    public static final String NOW = "20261123T120000Z";
    public static final String EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    public String accessKey = ACCESS_KEY;
    public String secret = SECRET;
    public String timestamp = NOW;
    public String date = NOW.substring(0, 8);
    public String region = "us-east-1";
    public String service = "s3";
    public String terminator = "aws4_request";
    public String canonicalPath = "/bucket/key";
    public String canonicalQuery = "";
    public Comparator<String> headerOrder = Comparator.naturalOrder();

    /** The signature of the last request or chunk that was signed. */
    public String signature = "";

    /** Signs all given headers, {@code name: value} each, and returns the value for {@code Authorization}. */
    public String authorize(String method, String payloadHash, List<String> headers) {
        TreeMap<String, String> sorted = new TreeMap<>(headerOrder);
        for (String header : headers) {
            int colon = header.indexOf(':');
            sorted.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        StringBuilder block = new StringBuilder();
        sorted.forEach(
                (name, value) -> block.append(name).append(':').append(value).append('\n'));
        String names = String.join(";", sorted.keySet());
        String canonical = String.join("\n", method, canonicalPath, canonicalQuery, block, names, payloadHash);
        signature = hmacHex(String.join("\n", "AWS4-HMAC-SHA256", timestamp, scope(), sha256(bytes(canonical))));
        return "AWS4-HMAC-SHA256 Credential=" + accessKey + "/" + scope() + ",SignedHeaders=" + names + ",Signature="
                + signature;
    }

    /** A request for {@code /bucket/key} with the headers that every client sends, and these. */
    public RawRequest request(String method, String payloadHash, String... more) {
        List<String> headers = new ArrayList<>(
                List.of("Host: localhost:9000", "X-Amz-Date: " + timestamp, "X-Amz-Content-Sha256: " + payloadHash));
        headers.addAll(Arrays.asList(more));
        List<String> all = new ArrayList<>(headers);
        all.add("Authorization: " + authorize(method, payloadHash, headers));
        return raw(method, canonicalPath + (canonicalQuery.isEmpty() ? "" : "?" + canonicalQuery), all);
    }

    /** A presigned URL's target for {@code /bucket/key}, whose parameters come in canonical order. */
    public String presign(String method, String expires, String signedHeaders, String headerBlock, String moreQuery) {
        canonicalQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
                + (accessKey + "/" + scope()).replace("/", "%2F")
                + "&X-Amz-Date=" + timestamp + "&X-Amz-Expires=" + expires + "&X-Amz-SignedHeaders="
                + signedHeaders.replace(";", "%3B") + (moreQuery.isEmpty() ? "" : "&" + moreQuery);
        String canonical = String.join(
                "\n", method, canonicalPath, canonicalQuery, headerBlock, signedHeaders, "UNSIGNED-PAYLOAD");
        signature = hmacHex(String.join("\n", "AWS4-HMAC-SHA256", timestamp, scope(), sha256(bytes(canonical))));
        return canonicalPath + "?" + canonicalQuery + "&X-Amz-Signature=" + signature;
    }

    /** The signature of a chunk that follows the one signed last. */
    public String signChunk(byte[] chunk) {
        signature = hmacHex(String.join(
                "\n", "AWS4-HMAC-SHA256-PAYLOAD", timestamp, scope(), signature, EMPTY_SHA256, sha256(chunk)));
        return signature;
    }

    /** The signature of trailers, each {@code name:value\n}, that follow the chunk signed last. */
    public String signTrailers(String trailers) {
        signature = hmacHex(
                String.join("\n", "AWS4-HMAC-SHA256-TRAILER", timestamp, scope(), signature, sha256(bytes(trailers))));
        return signature;
    }

    /** A signed body of chunks of these sizes at most, without trailers. */
    public byte[] signedChunks(byte[] data, int chunkBytes) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int from = 0; from < data.length; from += chunkBytes) {
            byte[] chunk = Arrays.copyOfRange(data, from, Math.min(data.length, from + chunkBytes));
            body.writeBytes(bytes(Integer.toHexString(chunk.length) + ";chunk-signature=" + signChunk(chunk) + "\r\n"));
            body.writeBytes(chunk);
            body.writeBytes(bytes("\r\n"));
        }
        body.writeBytes(bytes("0;chunk-signature=" + signChunk(new byte[0]) + "\r\n"));
        return body.toByteArray();
    }

    public static RawRequest raw(String method, String target, List<String> headers) {
        return new RawRequest(
                method, target, headers.stream().map(ClientSigner::header).toList());
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static String sha256(byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Header header(String line) {
        int colon = line.indexOf(':');
        return new Header(line.substring(0, colon), line.substring(colon + 1).strip());
    }

    private String scope() {
        return String.join("/", date, region, service, terminator);
    }

    private String hmacHex(String text) {
        byte[] key = bytes("AWS4" + secret);
        for (String part : List.of(date, region, service, terminator)) {
            key = hmac(key, part);
        }
        return HexFormat.of().formatHex(hmac(key, text));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(bytes(text));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
