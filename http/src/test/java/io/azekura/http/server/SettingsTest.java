package io.azekura.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static final String TOKEN = "sixteen-letters-x";

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "192.0.2.1", "::"})
    void metricsOffLoopbackNeedAToken(String host) {
        assertThrows(IllegalArgumentException.class, () -> new AdminSettings(host, 0, null));
        assertEquals(host, new AdminSettings(host, 0, TOKEN).host());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "localhost"})
    void metricsOnLoopbackNeedNone(String host) {
        assertEquals(host, new AdminSettings(host, 0, null).host());
    }

    @Test
    void aTokenIsNeitherShortNorPrinted() {
        assertThrows(IllegalArgumentException.class, () -> new AdminSettings("::", 0, "short"));
        assertFalse(new AdminSettings("::", 0, TOKEN).toString().contains(TOKEN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1", "10", ".", "a_b"})
    void aDomainIsNoAddress(String domain) {
        assertThrows(
                IllegalArgumentException.class,
                () -> new S3Settings("localhost", 0, "us-east-1", List.of(domain), 1, false));
    }

    @Test
    void domainsAreComparedInLowerCase() {
        assertEquals(
                List.of("s3.example"),
                new S3Settings("localhost", 0, "us-east-1", List.of("S3.Example"), 1, false).domains());
    }
}
