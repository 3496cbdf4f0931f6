package io.azekura.node.settings;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a listener binds.
 *
 * @param host name or address, an IPv6 address without brackets
 * @param port 0 lets the system choose a free one
 */
public record ListenAddress(String host, int port) {
    static final String ALLOWED = "HOST:PORT with a port from 0 to 65535, for example 127.0.0.1:9000; :9000 is every"
            + " address of this machine, [::1]:9000 an IPv6 one";

    private static final int PORT_MAX = 65_535;
    private static final String EVERY_ADDRESS = "0.0.0.0";
    private static final Pattern FORM =
            Pattern.compile("(?<host>\\[[0-9A-Fa-f:.%]+]|[^:\\[\\]/\\s]*):(?<port>\\d{1,5})");

    /** The address that the text names, or empty if it names none. */
    static Optional<ListenAddress> parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        int port = Integer.parseInt(parts.group("port"));
        if (port > PORT_MAX) {
            return Optional.empty();
        }
        String host = parts.group("host");
        if (host.isEmpty()) {
            return Optional.of(new ListenAddress(EVERY_ADDRESS, port));
        }
        boolean bracketed = host.startsWith("[");
        return Optional.of(new ListenAddress(bracketed ? host.substring(1, host.length() - 1) : host, port));
    }
}
