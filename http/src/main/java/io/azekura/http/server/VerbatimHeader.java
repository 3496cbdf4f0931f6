package io.azekura.http.server;

import akka.http.scaladsl.model.headers.CustomHeader;
import io.azekura.persistence.Check;

/**
 * A response header that Akka HTTP renders as it is. With its own header types it drops {@code Content-Length} from
 * answers to HEAD and {@code Content-Type} values that it cannot parse, both of which S3 clients rely on; custom headers
 * it does not look at. So nothing else may set a header of the same name.
 */
final class VerbatimHeader extends CustomHeader {
    private final String name;
    private final String value;

    /** Line breaks, which would split the answer in two, are a bug of whoever let them in this far. */
    VerbatimHeader(String name, String value) {
        Check.argument(isOneLine(name) && isOneLine(value), "header with a line break");
        this.name = name;
        this.value = value;
    }

    private static boolean isOneLine(String text) {
        return text.indexOf('\r') < 0 && text.indexOf('\n') < 0;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String value() {
        return value;
    }

    @Override
    public boolean renderInRequests() {
        return false;
    }

    @Override
    public boolean renderInResponses() {
        return true;
    }
}
