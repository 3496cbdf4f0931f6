package io.azekura.http.server;

import io.azekura.persistence.Check;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Settings of the S3 listener.
 *
 * @param host interface to bind
 * @param port 0 for one that the system chooses
 * @param region what the server says its region is
 * @param domains names below which the first label of a Host header is a bucket, as in {@code bucket.localhost}; path
 *     style works on every name besides
 * @param inFlightMax requests served at once; more are told to slow down
 * @param logRequestsAtInfo whether each request has its line at INFO, not DEBUG
 */
public record S3Settings(
        String host, int port, String region, List<String> domains, int inFlightMax, boolean logRequestsAtInfo) {
    private static final Pattern DOMAIN = Pattern.compile("[a-z0-9.-]*[a-z][a-z0-9-]*");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,63}");

    public S3Settings {
        Check.argument(port >= 0 && port <= 65_535, "port " + port);
        Check.argument(REGION.matcher(region).matches(), "region \"" + region + "\"");
        Check.argument(inFlightMax > 0, "inFlightMax " + inFlightMax);
        domains = domains.stream()
                .map(domain -> domain.toLowerCase(Locale.ROOT))
                .peek(domain -> Check.argument(DOMAIN.matcher(domain).matches(), "domain \"" + domain + "\""))
                .toList();
    }
}
