package io.azekura.node.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DriveArgumentsTest {
    @Test
    void aRangeIncludesBothEnds() throws SettingsException {
        assertEquals(names("/data1", "/data2", "/data3", "/data4"), expand("/data{1...4}"));
    }

    @Test
    void anEndThatBeginsWithZeroPadsTheOthers() throws SettingsException {
        assertEquals(names("/d/08", "/d/09", "/d/10"), expand("/d/{08...10}"));
        assertEquals(names("/d/1", "/d/2"), expand("/d/{1...2}"));
        assertEquals(names("/d/0", "/d/1"), expand("/d/{0...1}"));
    }

    @Test
    void lettersMakeARangeToo() throws SettingsException {
        assertEquals(names("/mnt/a", "/mnt/b", "/mnt/c"), expand("/mnt/{a...c}"));
    }

    @Test
    void severalRangesMultiplyWithTheLastOneFastest() throws SettingsException {
        assertEquals(names("/r1/d1", "/r1/d2", "/r2/d1", "/r2/d2"), expand("/r{1...2}/d{1...2}"));
    }

    @Test
    void severalArgumentsKeepTheirOrder() throws SettingsException {
        assertEquals(names("/z", "/a1", "/a2"), expand("/z", "/a{1...2}"));
    }

    @Test
    void relativeNamesBecomeAbsolute() throws SettingsException {
        assertEquals(List.of(Path.of("run/drive1").toAbsolutePath()), expand("run/./drive1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/data{1..4}",
                "/data{1...}",
                "/data{1,2}",
                "/data{1...4",
                "/data1...4}",
                "/data{a...D}",
                "/data{{1...2}}",
                "/data{}"
            })
    void bracesThatAreNoRangeAreRefused(String argument) {
        assertRefused("braces that are no range", argument);
    }

    @Test
    void aDownwardRangeIsRefused() {
        assertRefused("runs downwards", "/data{4...1}");
        assertRefused("runs downwards", "/data{d...a}");
    }

    @Test
    void aDirectoryNamedTwiceIsRefused() {
        assertRefused("/data2 is named twice", "/data{1...4}", "/data2");
        assertRefused("/data2 is named twice", "/data2", "/x/../data2/");
    }

    @Test
    void aDirectoryInsideAnotherIsRefused() {
        assertRefused("lies in drive directory /data", "/data", "/data/inner");
    }

    @Test
    void oneTo32DrivesAreTaken() throws SettingsException {
        assertEquals(32, expand("/data{1...32}").size());
        assertRefused("more than 32", "/data{1...33}");
        assertRefused("more than 32", "/data{0...999999999}");
        assertRefused("more than 32", "/a{1...32}/b{1...32}/c{1...32}");
        assertRefused("33 drive directories", "/data{1...32}", "/more");
        assertRefused("no drive directory is named");
        assertRefused("empty", "");
    }

    @Test
    void aUrlIsRefusedAsAClusterOfSeveralNodes() {
        assertRefused("clusters of several nodes are not available", "http://node{1...4}.example/mnt/disk{1...4}");
    }

    private static List<Path> expand(String... arguments) throws SettingsException {
        return DriveArguments.expand(List.of(arguments));
    }

    private static List<Path> names(String... names) {
        return List.of(names).stream().map(Path::of).toList();
    }

    private static void assertRefused(String part, String... arguments) {
        String message =
                assertThrows(SettingsException.class, () -> expand(arguments)).getMessage();
        assertTrue(String.valueOf(message).contains(part), message);
    }
}
