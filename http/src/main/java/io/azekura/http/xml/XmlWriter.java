package io.azekura.http.xml;

import akka.util.ByteString;
import io.azekura.persistence.Check;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes one XML document element by element. Text may hold any character that a key can hold: what XML 1.0 has no
 * right to say at all, such as NUL, is written as a character reference, as Amazon does, for a client that must know
 * such keys asks for {@code encoding-type=url} instead.
 */
public final class XmlWriter {
    /** The namespace of every document of the S3 API except errors. */
    public static final String S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

    private static final String PROLOG = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

    private final StringBuilder out = new StringBuilder(PROLOG);
    private final Deque<String> open = new ArrayDeque<>();

    /** Starts a document of the S3 API with its root element. */
    public static XmlWriter s3(String root) {
        XmlWriter writer = new XmlWriter();
        writer.out
                .append('<')
                .append(root)
                .append(" xmlns=\"")
                .append(S3_NAMESPACE)
                .append("\">");
        writer.open.push(root);
        return writer;
    }

    /** Starts a document without a namespace. */
    public static XmlWriter plain(String root) {
        return new XmlWriter().begin(root);
    }

    public XmlWriter begin(String name) {
        out.append('<').append(name).append('>');
        open.push(name);
        return this;
    }

    /** Begins an element with one attribute; a prefix in its name must have been declared by {@code declaration}. */
    public XmlWriter begin(String name, String declaration, String attribute, String value) {
        out.append('<').append(name).append(' ').append(declaration).append(' ').append(attribute);
        out.append("=\"");
        escape(value);
        out.append("\">");
        open.push(name);
        return this;
    }

    public XmlWriter end() {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    /** A whole element that holds text. */
    public XmlWriter element(String name, String text) {
        out.append('<').append(name).append('>');
        escape(text);
        out.append("</").append(name).append('>');
        return this;
    }

    public XmlWriter element(String name, long number) {
        out.append('<')
                .append(name)
                .append('>')
                .append(number)
                .append("</")
                .append(name)
                .append('>');
        return this;
    }

    public XmlWriter element(String name, boolean value) {
        return element(name, Boolean.toString(value));
    }

    /** Text inside the element that is open. */
    public XmlWriter text(String text) {
        escape(text);
        return this;
    }

    /** Closes what is open and gives the document's bytes. */
    public ByteString finish() {
        while (!open.isEmpty()) {
            end();
        }
        Check.state(out.length() > PROLOG.length(), "empty document");
        return ByteString.fromArrayUnsafe(out.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void escape(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                default -> {
                    if (isLiteral(c)) {
                        out.append(c);
                    } else {
                        out.append("&#x").append(Integer.toHexString(c)).append(';');
                    }
                }
            }
        }
    }

    /** White space other than the blank would be normalised by readers, and the rest is no XML character. */
    private static boolean isLiteral(char c) {
        return c >= 0x20 && c != 0x7F && (c < 0x80 || c > 0x9F) && c != 0x2028 && c != 0xFFFE && c != 0xFFFF;
    }
}
