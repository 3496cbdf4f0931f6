package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexGuardTest {
    @TempDir
    Path directory;

    private IndexGuard guard() {
        return new IndexGuard(directory);
    }

    @BeforeEach
    void makeIndex() throws IOException {
        Files.createDirectory(directory.resolve(DriveRecovery.INDEX));
        Files.write(directory.resolve(DriveRecovery.INDEX).resolve("000005.sst"), new byte[3000]);
    }

    @Test
    void afterAnOrderlyStopTheIndexIsOpened() throws IOException {
        for (int start = 0; start < 5; start++) {
            IndexGuard guard = guard();
            assertNull(guard.objection());
            guard.opening(false);
            guard.closed();
        }
        assertFalse(Files.exists(directory.resolve(IndexGuard.OPEN)));
    }

    @Test
    void soManyStartsInARowThatEndedBadlySetTheIndexAside() throws IOException {
        for (int start = 0; start < IndexGuard.STARTS_MAX; start++) {
            assertNull(guard().objection());
            guard().opening(false);
        }
        assertNotNull(guard().objection());
        guard().opening(true);
        assertNull(guard().objection(), "a rebuilt index begins anew");
    }

    @Test
    void anIndexThatProvedItselfInServiceIsNotBlamedForTheEnd() throws IOException {
        for (int start = 0; start < 5; start++) {
            IndexGuard guard = guard();
            assertNull(guard.objection());
            guard.opening(false);
            guard.proven();
        }
        IndexGuard last = guard();
        last.opening(false);
        last.closed();
        last.proven();
        assertFalse(Files.exists(directory.resolve(IndexGuard.OPEN)), "proven too late");
    }

    @Test
    void anIndexInDoubtIsNotOpenedUntilItWasRebuilt() throws IOException {
        guard().doubt("block 7 of table 5 is damaged");
        String objection = guard().objection();
        assertTrue(objection != null && objection.contains("block 7 of table 5"), objection);
        guard().opening(true);
        assertNotNull(guard().objection());
        guard().rebuilt();
        assertNull(guard().objection());
    }

    @Test
    void anIndexThatCannotBeReadAfterACrashIsSetAside() throws IOException {
        guard().opening(false);
        Path table = directory.resolve(DriveRecovery.INDEX).resolve("000005.sst");
        Path real = directory.resolve("elsewhere");
        Files.move(table, real);
        // Reading /proc/self/mem at 0 fails with EIO, as reading an unreadable sector does.
        Files.createSymbolicLink(table, Path.of("/proc/self/mem"));
        String objection = guard().objection();
        assertTrue(objection != null && objection.contains("cannot be read"), objection);
        Files.delete(table);
        Files.move(real, table);
        assertNull(guard().objection());
    }

    @Test
    void theBytesAreThoseOfVersionOneAndOthersCountAsTheMost() throws IOException {
        guard().opening(false);
        Path open = directory.resolve(IndexGuard.OPEN);
        assertEquals("0101", HexFormat.of().formatHex(Files.readAllBytes(open)));
        for (String other : new String[] {"", "01", "0201", "010100"}) {
            Files.write(open, HexFormat.of().parseHex(other));
            assertNotNull(guard().objection(), other);
        }
    }
}
