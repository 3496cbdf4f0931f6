package io.azekura.http.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class XmlReaderTest {
    private static Optional<XmlElement> read(String document) {
        return XmlReader.read(ByteString.fromString(document));
    }

    @Test
    void elementsKeepTextAndOrderWithoutPrefixes() {
        XmlElement root =
                read("\uFEFF<?xml version='1.0'?><!-- c --><s:a xmlns:s='urn:x'> <s:b>1&amp;<![CDATA[<2]]></s:b><c/></s:a>")
                        .orElseThrow();
        assertEquals("a", root.name());
        assertEquals(
                List.of(new XmlElement("b", "1&<2", List.of()), new XmlElement("c", "", List.of())), root.children());
    }

    static List<String> hostile() {
        return List.of(
                "",
                "text",
                "<a>",
                "<a></b>",
                "<a/><b/>",
                "<!DOCTYPE a><a/>",
                "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
                "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
                "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/x'> %p;]><a/>",
                "<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/x'><a/>",
                "<a>&undefined;</a>",
                "<a>&#0;</a>",
                "<a>".repeat(XmlReader.DEPTH_MAX + 1) + "</a>".repeat(XmlReader.DEPTH_MAX + 1),
                "<a>".repeat(100_000),
                "<a>" + "x".repeat(XmlReader.BYTES_MAX) + "</a>");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void hostileDocumentsAreRefusedSoon(String document) {
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertEquals(Optional.empty(), read(document)));
    }

    @Test
    void entitiesThatMultiplyAreNotExpanded() {
        StringBuilder laughs = new StringBuilder("<!DOCTYPE a [<!ENTITY e0 'ha'>");
        for (int i = 1; i < 30; i++) {
            laughs.append("<!ENTITY e" + i + " '&e" + (i - 1) + ";&e" + (i - 1) + ";'>");
        }
        String document = laughs.append("]><a>&e29;</a>").toString();
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertEquals(Optional.empty(), read(document)));
    }

    @Test
    void onlyUtf8IsRead() {
        assertEquals(Optional.empty(), XmlReader.read(ByteString.fromArray("<a/>".getBytes(StandardCharsets.UTF_16))));
        assertEquals(Optional.empty(), XmlReader.read(ByteString.fromArray(new byte[] {'<', 'a', '>', (byte) 0xFF})));
    }

    @Test
    void theDeepestAllowedDocumentIsRead() {
        String document = "<a>".repeat(XmlReader.DEPTH_MAX) + "</a>".repeat(XmlReader.DEPTH_MAX);
        assertEquals("a", read(document).orElseThrow().name());
    }
}
