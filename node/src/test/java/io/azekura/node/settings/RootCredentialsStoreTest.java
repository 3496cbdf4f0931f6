package io.azekura.node.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.node.settings.Settings.RootSettings;
import io.azekura.node.settings.SettingsLoader.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootCredentialsStoreTest {
    private static final RootSettings NONE =
            new RootSettings(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    @TempDir
    Path directory = Path.of("");

    @Test
    void generatedCredentialsAreKeptForTheOwnerOnly() throws Exception {
        Path state = directory.resolve("a/state");
        RootCredentials made = RootCredentialsStore.load(NONE, state);
        Path file = made.file().orElseThrow();
        assertTrue(made.generatedNow());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(state)));
        assertTrue(made.password().reveal().matches("[A-Za-z0-9]{40}"));
        assertFalse(made.toString().contains(made.password().reveal()));
        try (var files = Files.list(state)) {
            assertEquals(List.of(file), files.toList());
        }

        RootCredentials kept = RootCredentialsStore.load(NONE, state);
        assertFalse(kept.generatedNow());
        assertEquals(made.password().reveal(), kept.password().reveal());
        assertEquals(made.user(), kept.user());
    }

    @Test
    void everyNodeMakesItsOwn() throws Exception {
        String one = RootCredentialsStore.load(NONE, directory.resolve("1"))
                .password()
                .reveal();
        String two = RootCredentialsStore.load(NONE, directory.resolve("2"))
                .password()
                .reveal();
        assertNotEquals(one, two);
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws Exception {
        Path file = RootCredentialsStore.load(NONE, directory).file().orElseThrow();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertRefused("run chmod 600 " + file, NONE);
    }

    @Test
    void aDamagedFileIsRefusedAndLeftAlone() throws Exception {
        Path file = RootCredentialsStore.load(NONE, directory).file().orElseThrow();
        Files.writeString(file, "AZEKURA_ROOT_USER=azekura\n");
        assertRefused("lacks AZEKURA_ROOT_USER= or AZEKURA_ROOT_PASSWORD=", NONE);
        Files.writeString(file, "AZEKURA_ROOT_USER=azekura\nAZEKURA_ROOT_PASSWORD=short\n");
        assertRefused("16 to 128", NONE);
        assertTrue(Files.readString(file).contains("short"));
    }

    @Test
    void givenCredentialsAreUsedAndNothingIsWritten() throws Exception {
        RootCredentials given = RootCredentialsStore.load(given("admin", "0123456789abcdef"), directory.resolve("s"));
        assertEquals("admin", given.user());
        assertEquals("0123456789abcdef", given.password().reveal());
        assertFalse(Files.exists(directory.resolve("s")));
    }

    @Test
    void halfGivenAndUnfitCredentialsAreRefusedWithoutShowingThem() {
        assertRefused(
                "only one of",
                new RootSettings(
                        Optional.of(new Secret("admin")), Optional.empty(), Optional.empty(), Optional.empty()));
        assertRefused("3 to 128", given("ab", "0123456789abcdef"));
        assertRefused("3 to 128", given("with/slash", "0123456789abcdef"));
        String message = assertRefused("16 to 128", given("admin", "0123456789abcde"));
        assertFalse(message.contains("0123456789"));
    }

    @Test
    void filesMayHoldTheCredentials() throws Exception {
        Path user = Files.writeString(directory.resolve("user"), "admin\n");
        Path password = Files.writeString(directory.resolve("password"), "0123456789abcdef\n");
        RootSettings files =
                new RootSettings(Optional.empty(), Optional.empty(), Optional.of(user), Optional.of(password));
        assertEquals(
                "0123456789abcdef",
                RootCredentialsStore.load(files, directory).password().reveal());
        Files.writeString(password, "");
        assertRefused("the file is empty", files);
        Files.delete(password);
        assertRefused("cannot be read", files);
    }

    @Test
    void theStateDirectoryFollowsSettingThenXdgThenHome() throws SettingsException {
        Map<String, String> xdg = Map.of("XDG_STATE_HOME", "/x", "HOME", "/h");
        assertEquals(Path.of("/s"), RootCredentialsStore.stateDirectory(settings("/s"), xdg));
        assertEquals(Path.of("/x/azekura"), RootCredentialsStore.stateDirectory(settings(""), xdg));
        assertEquals(
                Path.of("/h/.local/state/azekura"),
                RootCredentialsStore.stateDirectory(settings(""), Map.of("HOME", "/h")));
        assertThrows(SettingsException.class, () -> RootCredentialsStore.stateDirectory(settings(""), Map.of()));
    }

    @Test
    void theStateDirectoryMustLieOutsideTheDrives() throws SettingsException {
        Settings settings = settings("/d1/state");
        assertThrows(SettingsException.class, () -> RootCredentialsStore.stateDirectory(settings, Map.of()));
    }

    private static Settings settings(String stateDirectory) throws SettingsException {
        return new SettingsLoader(Map.of())
                .load(
                        Map.of(
                                "azekura.drives", new Option("DRIVE", List.of("/d1")),
                                "azekura.state-directory", new Option("--state-directory", stateDirectory)),
                        null);
    }

    private static RootSettings given(String user, String password) {
        return new RootSettings(
                Optional.of(new Secret(user)), Optional.of(new Secret(password)), Optional.empty(), Optional.empty());
    }

    private String assertRefused(String part, RootSettings settings) {
        String message = Objects.requireNonNull(
                assertThrows(SettingsException.class, () -> RootCredentialsStore.load(settings, directory))
                        .getMessage());
        assertTrue(message.contains(part), message);
        return message;
    }
}
