package io.azekura.http.xml;

import java.util.List;

/**
 * One element that was read: its name without prefix, the text directly inside it, and its children in order.
 * Attributes and namespaces are not kept, because no request document of the S3 API gives them a meaning.
 */
public record XmlElement(String name, String text, List<XmlElement> children) {
    public XmlElement {
        children = List.copyOf(children);
    }
}
