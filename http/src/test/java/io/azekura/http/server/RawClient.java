package io.azekura.http.server;

import io.azekura.http.sigv4.ClientSigner;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One connection, byte for byte: what is sent is exactly what a test wrote, and what comes back is not interpreted. */
final class RawClient implements AutoCloseable {
    static final String UNSIGNED = "UNSIGNED-PAYLOAD";

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Socket socket;
    private final InputStream in;
    String host = "localhost";

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** A response as it came; header names keep their case. */
    record Answer(int status, List<String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        Optional<String> header(String name) {
            return headers.stream()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }

        String code() {
            String text = text();
            int start = text.indexOf("<Code>");
            return start < 0 ? "" : text.substring(start + "<Code>".length(), text.indexOf("</Code>"));
        }
    }

    /** Signs and sends a request whose path and query are in canonical form already, and reads the answer. */
    Answer exchange(String method, String path, String query, byte[] body, String... headers) throws IOException {
        send(signed(method, path, query, body.length, sha256(body), headers), body);
        return read(method.equals("HEAD"));
    }

    Answer exchange(String method, String path, String... headers) throws IOException {
        return exchange(method, path, "", new byte[0], headers);
    }

    Answer put(String path, String body, String... headers) throws IOException {
        return exchange("PUT", path, "", body.getBytes(StandardCharsets.UTF_8), headers);
    }

    Answer query(String method, String path, String query) throws IOException {
        return exchange(method, path, query, new byte[0]);
    }

    /** The head of a signed request, blank line included. */
    String signed(String method, String path, String query, long length, String payloadHash, String... more) {
        ClientSigner signer = new ClientSigner();
        signer.accessKey = TestServer.ACCESS_KEY;
        signer.secret = TestServer.SECRET_KEY;
        signer.timestamp = TIMESTAMP.format(Instant.now());
        signer.date = signer.timestamp.substring(0, 8);
        signer.canonicalPath = path;
        signer.canonicalQuery = query;
        List<String> headers = new ArrayList<>(
                List.of("Host: " + host, "X-Amz-Date: " + signer.timestamp, "X-Amz-Content-Sha256: " + payloadHash));
        headers.addAll(Arrays.asList(more));
        String authorization = signer.authorize(method, payloadHash, headers);
        headers.add("Content-Length: " + length);
        headers.add("Authorization: " + authorization);
        String target = query.isEmpty() ? path : path + "?" + query;
        return method + " " + target + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
    }

    void send(String head, byte[] body) throws IOException {
        byte[] first = head.getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(first, first.length + body.length);
        System.arraycopy(body, 0, all, first.length, body.length);
        socket.getOutputStream().write(all);
    }

    void send(String text) throws IOException {
        send(text, new byte[0]);
    }

    Answer read(boolean head) throws IOException {
        String status = line();
        List<String> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            headers.add(line);
        }
        int code = Integer.parseInt(status.split(" ", -1)[1]);
        Answer bare = new Answer(code, headers, new byte[0]);
        int length = bare.header("Content-Length").map(Integer::parseInt).orElse(0);
        boolean bodiless = head || code == 304 || code == 204 || code < 200;
        return bodiless ? bare : new Answer(code, headers, in.readNBytes(length));
    }

    /** The head of an answer, and the first bytes of a body that is still coming. */
    String readStart(int length) throws IOException {
        for (String line = line(); !line.isEmpty(); line = line()) {
            // The head is not what this is about.
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** Ends the connection so that the server cannot take it for a client that only has nothing more to say. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Everything up to the end of the connection; a reset counts as an end. */
    byte[] readToEnd() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            in.transferTo(out);
        } catch (IOException e) {
            return out.toByteArray();
        }
        return out.toByteArray();
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("connection ended in a line: " + line.toString(StandardCharsets.UTF_8));
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    static String sha256(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
