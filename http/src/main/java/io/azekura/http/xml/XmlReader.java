package io.azekura.http.xml;

import akka.util.ByteString;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads request documents. They come from anybody with a key, so: UTF-8 only, no document type, no entities but the
 * five of XML itself, bounded size and depth.
 */
public final class XmlReader {
    /** Amazon's largest request documents, a thousand keys to delete, are below this. */
    public static final int BYTES_MAX = 2 * 1024 * 1024;

    public static final int DEPTH_MAX = 32;

    private static final XMLInputFactory FACTORY = factory();

    private XmlReader() {}

    /** The root element, or nothing when the document is not well-formed or outside the bounds. Never throws. */
    public static Optional<XmlElement> read(ByteString document) {
        if (document.size() > BYTES_MAX) {
            return Optional.empty();
        }
        try {
            XMLStreamReader reader = FACTORY.createXMLStreamReader(new StringReader(decode(document)));
            try {
                return readRoot(reader);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException | CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String decode(ByteString document) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(document.asByteBuffer())
                .toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static Optional<XmlElement> readRoot(XMLStreamReader reader) throws XMLStreamException {
        Deque<Partial> open = new ArrayDeque<>();
        XmlElement root = null;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (open.size() == DEPTH_MAX) {
                        return Optional.empty();
                    }
                    open.push(new Partial(reader.getLocalName()));
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    XmlElement element = open.pop().finished();
                    if (open.isEmpty()) {
                        root = element;
                    } else {
                        open.peek().children.add(element);
                    }
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    Partial parent = open.peek();
                    if (parent != null) {
                        parent.text.append(reader.getText());
                    }
                }
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE -> {
                    return Optional.empty();
                }
                default -> {} // comments, processing instructions, blanks between elements
            }
        }
        return Optional.ofNullable(root);
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        return factory;
    }

    private static final class Partial {
        private final String name;
        private final StringBuilder text = new StringBuilder();
        private final List<XmlElement> children = new ArrayList<>();

        Partial(String name) {
            this.name = name;
        }

        XmlElement finished() {
            return new XmlElement(name, text.toString(), children);
        }
    }
}
