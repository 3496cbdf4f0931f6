package io.azekura.node.settings;

import io.azekura.http.server.AdminSettings;
import io.azekura.http.server.S3Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the sections of the two listeners, so that a wrong value is refused with its place and not by the listener. */
final class ListenerSettings {
    private static final String REGION_FORM = "[a-z0-9][a-z0-9-]{0,62}";
    private static final String DOMAIN_FORM = "([a-z0-9-]+\\.)*[a-z0-9-]*[a-z][a-z0-9-]*";
    private static final int TOKEN_CHARACTERS_MIN = 16;
    private static final int REQUESTS_MAX = 100_000;

    private ListenerSettings() {}

    static S3Settings s3(Section section) throws SettingsException {
        ListenAddress address = section.address("address");
        String region = section.text("region");
        if (!region.matches(REGION_FORM)) {
            throw section.refuse("region", "must be 1 to 63 small letters, digits and hyphens, such as us-east-1");
        }
        List<String> domains = new ArrayList<>();
        for (String domain : section.texts("domains")) {
            String small = domain.toLowerCase(Locale.ROOT);
            if (!small.matches(DOMAIN_FORM)) {
                throw section.refuse("domains", "must be names such as s3.example.com");
            }
            domains.add(small);
        }
        return new S3Settings(
                address.host(),
                address.port(),
                region,
                domains,
                section.integer("requests-max", 1, REQUESTS_MAX),
                section.flag("log-requests"));
    }

    static AdminSettings admin(Section section) throws SettingsException {
        ListenAddress address = section.address("address");
        Optional<Secret> token = section.secret("metrics-token");
        if (token.isPresent() && token.get().reveal().length() < TOKEN_CHARACTERS_MIN) {
            throw section.refuseHidden(
                    "metrics-token", "must be empty or at least " + TOKEN_CHARACTERS_MIN + " characters");
        }
        if (token.isEmpty() && !isLoopback(address.host())) {
            throw section.refuse(
                    "address",
                    "must be an address of the loopback interface, unless azekura.admin.metrics-token is set");
        }
        return new AdminSettings(
                address.host(), address.port(), token.map(Secret::reveal).orElse(null));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
