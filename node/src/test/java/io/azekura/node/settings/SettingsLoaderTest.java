package io.azekura.node.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.node.settings.Settings.LogSettings;
import io.azekura.node.settings.SettingsLoader.Option;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsLoaderTest {
    private static final Map<String, Option> DRIVES =
            Map.of("azekura.drives", new Option("DRIVE", List.of("/d{1...4}")));

    @TempDir
    Path directory = Path.of("");

    @Test
    void theDefaultsAreComplete() throws SettingsException {
        Settings settings = new SettingsLoader(Map.of()).load(DRIVES, null);
        assertEquals("127.0.0.1", settings.s3().host());
        assertEquals(9000, settings.s3().port());
        assertEquals("127.0.0.1", settings.admin().host());
        assertEquals(9001, settings.admin().port());
        assertEquals("us-east-1", settings.s3().region());
        assertEquals(4, settings.drives().size());
        assertEquals(Duration.ofSeconds(20), settings.stop().drainTime());
        assertEquals(LogSettings.Format.HUMAN, settings.log().format());
        assertTrue(settings.root().password().isEmpty());
    }

    @Test
    void everyKeyShowsItsVariable() throws IOException {
        String page = reference();
        for (String key : new SettingsLoader(Map.of()).keys()) {
            if (key.contains("-dispatcher.") && !key.endsWith("-size")) {
                continue; // the shape of a thread pool, which is Akka's and not an operator's
            }
            String name = key.substring(key.lastIndexOf('.') + 1);
            assertTrue(page.contains(" " + name + " = ${?" + SettingsLoader.variable(key) + "}\n"), key);
        }
    }

    @Test
    void commandLineWinsOverEnvironmentOverFileOverDefaults() throws Exception {
        Path file =
                file("azekura { s3 { address = \"127.0.0.1:1\", region = file }, admin.address = \"127.0.0.1:1\" }");
        Map<String, String> environment =
                Map.of("AZEKURA_S3_ADDRESS", "127.0.0.1:2", "AZEKURA_ADMIN_ADDRESS", "127.0.0.1:2");
        Map<String, Option> options = new HashMap<>(DRIVES);
        options.put("azekura.s3.address", new Option("--address", "127.0.0.1:3"));
        Settings settings = new SettingsLoader(environment).load(options, file);
        assertEquals(3, settings.s3().port());
        assertEquals(2, settings.admin().port());
        assertEquals("file", settings.s3().region());
        assertEquals(Duration.ofSeconds(20), settings.stop().drainTime());
    }

    @Test
    void aVariableNamesTheFile() throws Exception {
        Path file = file("azekura.s3.region = eu-west-1");
        Settings settings = new SettingsLoader(Map.of("AZEKURA_CONFIG", file.toString())).load(DRIVES, null);
        assertEquals("eu-west-1", settings.s3().region());
    }

    @Test
    void drivesMayComeFromFileAndVariable() throws Exception {
        Settings listed = new SettingsLoader(Map.of()).load(Map.of(), file("azekura.drives = [/a, \"/b{1...2}\"]"));
        assertEquals(List.of(Path.of("/a"), Path.of("/b1"), Path.of("/b2")), listed.drives());
        Settings variable = new SettingsLoader(Map.of("AZEKURA_DRIVES", " /a  /b{1...2} ")).load(Map.of(), null);
        assertEquals(listed.drives(), variable.drives());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    s3.address = 9000           | azekura.s3.address = 9000: must be HOST:PORT
                    s3.address = {}             | azekura.s3.address = {}: must be a text
                    s3.region = "US East"       | azekura.s3.region = US East: must be 1 to 63 small letters
                    stop.drain-time = soon      | azekura.stop.drain-time = soon: must be a duration such as 20s, from 0s to 600s
                    stop.drain-time = 11m       | azekura.stop.drain-time = 11m: must be a duration such as 20s, from 0s to 600s
                    s3.domains = [a_b]          | azekura.s3.domains = [a_b]: must be names such as s3.example.com
                    s3.requests-max = 0         | azekura.s3.requests-max = 0: must be a whole number from 1 to 100000
                    s3.log-requests = maybe     | azekura.s3.log-requests = maybe: must be true or false
                    admin.address = ":9001"     | azekura.admin.address = :9001: must be an address of the loopback interface
                    admin.metrics-token = short | azekura.admin.metrics-token = ***: must be empty or at least 16 characters
                    gateway.write-grace = soon  | azekura.gateway: Invalid value at 'write-grace'
                    log.format = xml            | azekura.log.format = xml: must be one of human, json
                    drives = [[]]               | azekura.drives = [[]]: must be a list of texts
                    """)
    void aWrongValueIsRefusedWithFileLineKeyAndWhatIsAllowed(String line, String message) throws IOException {
        Path file = file("azekura {\n  " + line + "\n}\n");
        Map<String, Option> options = line.startsWith("drives") ? Map.of() : DRIVES;
        assertRefused(file + ":2: " + message, Map.of(), options, file);
    }

    @Test
    void aWrongVariableOrOptionIsNamed() {
        assertRefused(
                "environment variable AZEKURA_S3_ADDRESS: azekura.s3.address = x: must be HOST:PORT",
                Map.of("AZEKURA_S3_ADDRESS", "x"),
                DRIVES,
                null);
        Map<String, Option> options = new HashMap<>(DRIVES);
        options.put("azekura.s3.address", new Option("--address", "x"));
        assertRefused("option --address: azekura.s3.address = x: must be HOST:PORT", Map.of(), options, null);
    }

    @Test
    void aMisspeltKeyIsRefusedWithItsOriginAndTheKnownOnes() throws IOException {
        Path file = file("azekura {\n  s3 {\n    adress = \":9000\"\n  }\n}\n");
        assertRefused(
                file
                        + ":3: azekura.s3.adress is not a key; azekura.s3 has address, domains, log-requests, region, requests-max",
                Map.of(),
                DRIVES,
                file);
        Path section = file("azekura.s4 { }\n");
        assertRefused(section + ":1: azekura.s4 is not a key", Map.of(), DRIVES, section);
        Path flat = file("azekura.s3 = 5\n");
        assertRefused(flat + ":1: azekura.s3 is a section", Map.of(), DRIVES, flat);
    }

    @Test
    void aFileThatCannotBeReadOrParsedIsRefused() throws IOException {
        Path missing = directory.resolve("missing.conf");
        assertRefused(missing + ": the configuration file cannot be opened", Map.of(), DRIVES, missing);
        Path broken = file("azekura {\n");
        assertRefused(broken.toString(), Map.of(), DRIVES, broken);
    }

    @Test
    void aMisspeltVariableIsReported() throws SettingsException {
        Map<String, String> environment =
                Map.of("AZEKURA_ADRESS", "x", "AZEKURA_JAVA_OPTS", "", "AZEKURA_S3_REGION", "r", "OTHER", "x");
        assertEquals(
                List.of("AZEKURA_ADRESS"),
                new SettingsLoader(environment).load(DRIVES, null).unknownVariables());
    }

    @Test
    void theRootPasswordIsNeverPrinted() throws Exception {
        String password = "do-not-print-me-please";
        Settings settings = new SettingsLoader(Map.of("AZEKURA_ROOT_PASSWORD", password)).load(DRIVES, null);
        assertEquals(password, settings.root().password().orElseThrow().reveal());
        assertFalse((settings + " " + settings.root()).contains(password));
        Path file = file("azekura.root { password = " + password + ", password-file = /p }");
        String message = assertRefused("azekura.root.password-file = ***: must be empty", Map.of(), DRIVES, file);
        assertFalse(message.contains(password));
    }

    @Test
    void akkaMayBeSetInTheFile() throws Exception {
        Settings settings = new SettingsLoader(Map.of()).load(DRIVES, file("akka.loglevel = ERROR"));
        assertEquals("ERROR", settings.config().getString("akka.loglevel"));
        assertEquals("local", settings.config().getString("akka.actor.provider"));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "azekura", ".conf"), content);
    }

    private static String assertRefused(
            String part, Map<String, String> environment, Map<String, Option> options, @Nullable Path file) {
        SettingsLoader loader = new SettingsLoader(environment);
        String message = Objects.requireNonNull(assertThrows(SettingsException.class, () -> loader.load(options, file))
                .getMessage());
        assertTrue(message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    /** The pages of all rooms. */
    private static String reference() throws IOException {
        StringBuilder pages = new StringBuilder();
        for (URL url :
                Collections.list(SettingsLoaderTest.class.getClassLoader().getResources("reference.conf"))) {
            try (InputStream in = url.openStream()) {
                pages.append(new String(in.readAllBytes(), UTF_8));
            }
        }
        return pages.toString();
    }
}
