package io.azekura.http.server;

import io.azekura.persistence.Check;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the admin listener, which shows metrics.
 *
 * @param host interface to bind: loopback unless there is a token
 * @param port 0 for one that the system chooses
 * @param bearerToken what scrapers have to present for metrics, or null
 */
public record AdminSettings(String host, int port, @Nullable String bearerToken) {
    private static final int TOKEN_CHARACTERS_MIN = 16;

    public AdminSettings {
        Check.argument(port >= 0 && port <= 65_535, "port " + port);
        Check.argument(
                bearerToken == null || bearerToken.length() >= TOKEN_CHARACTERS_MIN,
                "the metrics token needs at least " + TOKEN_CHARACTERS_MIN + " characters");
        Check.argument(
                bearerToken != null || isLoopback(host),
                "metrics on \"" + host + "\", which is not a loopback address, need a token");
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "AdminSettings[host=" + host + ", port=" + port + "]";
    }
}
