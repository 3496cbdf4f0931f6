package io.azekura.node;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.node.NodeReport.DriveLine;
import io.azekura.node.settings.RootCredentials;
import io.azekura.node.settings.Secret;
import io.azekura.persistence.layout.ErasureShape;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BannerTest {
    private static final String PASSWORD = "it's-a-secret-of-ours";

    private final NodeReport report = new NodeReport(
            URI.create("http://127.0.0.1:9000"),
            URI.create("http://127.0.0.1:9001"),
            List.of(
                    new DriveLine(Path.of("/d1"), true, ""),
                    new DriveLine(Path.of("/d2"), false, "belongs to another cluster; take it out"),
                    new DriveLine(Path.of("/d3"), true, ""),
                    new DriveLine(Path.of("/d4"), true, "")),
            new ErasureShape(2, 2),
            "c1");

    private final Banner banner = new Banner(
            report,
            new RootCredentials("azekura", new Secret(PASSWORD), Optional.of(Path.of("/state/root-credentials")), true),
            "eu-west-1");

    @Test
    void theBannerNamesEndpointsDrivesAndTheFileOfTheSecretButNotTheSecret() {
        String text = String.join("\n", banner.lines());
        assertTrue(text.contains("http://127.0.0.1:9000\n"), text);
        assertTrue(text.contains("http://127.0.0.1:9001 "), text);
        assertTrue(text.contains("3 of 4 online, erasure code 2+2: any 2 drives may be lost"), text);
        assertTrue(text.contains("/state/root-credentials (made just now)"), text);
        assertTrue(text.contains("/d2: belongs to another cluster; take it out"), text);
        assertFalse(text.contains("/d1"), text);
        assertFalse(text.contains(PASSWORD), text);
    }

    @Test
    void clientLinesAreFitForAShell() {
        String text = String.join("\n", banner.clientLines());
        assertTrue(text.contains("AWS_ACCESS_KEY_ID=azekura AWS_SECRET_ACCESS_KEY='it'\\''s-a-secret-of-ours'"), text);
        assertTrue(text.contains("AWS_DEFAULT_REGION=eu-west-1"), text);
        assertTrue(text.contains("aws --endpoint-url http://127.0.0.1:9000 s3 mb s3://first"), text);
        assertTrue(text.contains("RCLONE_CONFIG_AZEKURA_ENDPOINT=http://127.0.0.1:9000"), text);
        assertTrue(text.contains("endpoint_url='http://127.0.0.1:9000'"), text);
    }
}
