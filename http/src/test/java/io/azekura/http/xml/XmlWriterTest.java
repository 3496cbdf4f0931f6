package io.azekura.http.xml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.util.ByteString;
import org.junit.jupiter.api.Test;

class XmlWriterTest {
    @Test
    void aDocumentIsClosedToItsRoot() {
        ByteString document =
                XmlWriter.s3("A").begin("B").element("C", 7).element("D", true).finish();
        assertEquals(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<A xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                        + "<B><C>7</C><D>true</D></B></A>",
                document.utf8String());
    }

    @Test
    void everyCharacterThatXmlCouldLoseIsAReference() {
        String text = XmlWriter.plain("a")
                .text("<&>\"'\r\n\t\u0000\u001F\u007F\u0085\u2028\uFFFEé日😀")
                .finish()
                .utf8String();
        assertEquals(
                "<a>&lt;&amp;&gt;&quot;'&#xd;&#xa;&#x9;&#x0;&#x1f;&#x7f;&#x85;&#x2028;&#xfffe;é日😀</a>",
                text.substring(text.indexOf("<a>")));
    }

    @Test
    void whatWasWrittenIsReadAgain() {
        String text = "a<b>&c\r\n\té日😀 ";
        ByteString document = XmlWriter.plain("a").element("b", text).finish();
        assertEquals(
                text, XmlReader.read(document).orElseThrow().children().get(0).text());
    }
}
