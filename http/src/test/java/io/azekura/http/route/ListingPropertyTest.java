package io.azekura.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.util.ByteString;
import io.azekura.http.xml.XmlElement;
import io.azekura.http.xml.XmlReader;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Pages of any size, of both generations, put together give what a listing is by definition. */
class ListingPropertyTest {
    private static final Comparator<String> BYTE_ORDER =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private static final Routes ROUTES = new Routes("us-east-1");

    @BeforeContainer
    static void open() {
        ROUTES.call("PUT", "/bucket");
    }

    @AfterContainer
    static void close() {
        ROUTES.close();
    }

    private record Listed(List<String> keys, List<String> prefixes) {}

    @Provide
    Arbitrary<Set<String>> keys() {
        return Arbitraries.strings()
                .withChars('a', 'b', '/', ' ', '+', '%', '\u0001', '\uFFFD', 'é')
                .ofMinLength(1)
                .ofMaxLength(5)
                .set()
                .ofMaxSize(12);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("", "", "/", "a", "//", "b/", "a/", "é", "\u0001");
    }

    @Property(tries = 150, seed = "20261123")
    void pagesAddUpToTheListing(
            @ForAll("keys") Set<String> keys,
            @ForAll("texts") String prefix,
            @ForAll("texts") String delimiter,
            @ForAll @IntRange(min = 1, max = 4) int pageMax) {
        keys.forEach(key -> ROUTES.call("PUT", "/bucket/" + encode(key), ""));
        Listed expected = expected(keys, prefix, delimiter);
        String query = "/bucket?encoding-type=url&max-keys=" + pageMax + "&prefix=" + encode(prefix) + "&delimiter="
                + encode(delimiter);
        assertEquals(expected, pages(query + "&list-type=2", pageMax, "continuation-token", "NextContinuationToken"));
        assertEquals(expected, pages(query, pageMax, "marker", "NextMarker"));
        keys.forEach(key -> ROUTES.call("DELETE", "/bucket/" + encode(key)));
    }

    private static Listed expected(Set<String> keys, String prefix, String delimiter) {
        List<String> objects = new ArrayList<>();
        TreeSet<String> prefixes = new TreeSet<>(BYTE_ORDER);
        for (String key : keys.stream().sorted(BYTE_ORDER).toList()) {
            int at = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
            if (key.startsWith(prefix) && at < 0) {
                objects.add(key);
            } else if (key.startsWith(prefix)) {
                prefixes.add(key.substring(0, at + delimiter.length()));
            }
        }
        return new Listed(objects, List.copyOf(prefixes));
    }

    private static Listed pages(String query, int pageMax, String parameter, String nextElement) {
        Listed all = new Listed(new ArrayList<>(), new ArrayList<>());
        String next = "";
        boolean truncated = true;
        while (truncated) {
            String target = query + (next.isEmpty() ? "" : "&" + parameter + "=" + encode(next));
            XmlElement page = XmlReader.read(ByteString.fromString(Routes.text(ROUTES.call("GET", target))))
                    .orElseThrow();
            List<String> keys = texts(page, "Contents", "Key");
            List<String> prefixes = texts(page, "CommonPrefixes", "Prefix");
            all.keys().addAll(keys);
            all.prefixes().addAll(prefixes);
            truncated = text(page, "IsTruncated").orElseThrow().equals("true");
            assertTrue(truncated ? keys.size() + prefixes.size() == pageMax : keys.size() + prefixes.size() <= pageMax);
            String last = keys.isEmpty() ? "" : keys.get(keys.size() - 1);
            next = text(page, nextElement).map(ListingPropertyTest::decode).orElse(last);
        }
        return all;
    }

    private static List<String> texts(XmlElement page, String element, String inner) {
        return page.children().stream()
                .filter(child -> child.name().equals(element))
                .map(child -> decode(text(child, inner).orElseThrow()))
                .toList();
    }

    private static Optional<String> text(XmlElement parent, String name) {
        return parent.children().stream()
                .filter(child -> child.name().equals(name))
                .map(XmlElement::text)
                .findFirst();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
