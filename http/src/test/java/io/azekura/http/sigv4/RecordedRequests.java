package io.azekura.http.sigv4;

import io.azekura.persistence.model.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * Requests that botocore 1.44.5 made with the key pair of {@link ClientSigner} at its time.
 *
 * <pre>
 * file    = request *("===" LF request)
 * request = name LF method SP target LF *(header LF) LF [body in Base64] LF
 * </pre>
 */
public final class RecordedRequests {
    private RecordedRequests() {}

    public record Recorded(String name, RawRequest request, Bytes body) {
        @Override
        public String toString() {
            return name;
        }
    }

    public static List<Recorded> all() {
        try (InputStream in = RecordedRequests.class.getResourceAsStream("/sigv4/botocore-requests.txt")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            List<Recorded> all = new ArrayList<>();
            for (String block : text.split("\n===\n", -1)) {
                all.add(parse(block));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Recorded named(String name) {
        return all().stream()
                .filter(recorded -> recorded.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Recorded parse(String block) {
        List<String> lines = block.lines().toList();
        String[] start = lines.get(1).split(" ", 2);
        int blank = lines.indexOf("");
        String body = blank + 1 < lines.size() ? lines.get(blank + 1) : "";
        return new Recorded(
                lines.get(0),
                ClientSigner.raw(start[0], start[1], lines.subList(2, blank)),
                Bytes.wrap(Base64.getDecoder().decode(body)));
    }
}
