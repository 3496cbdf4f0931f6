package io.azekura.persistence.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.azekura.persistence.FormatTooNewException;
import io.azekura.persistence.FormatTooOldException;
import io.azekura.persistence.model.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentFormatTest {
    private static final UUID DRIVE = UUID.fromString("5d3c9a52-7f0e-4f4b-9c55-0a1b2c3d4e5f");
    private static final LogSettings TINY = new LogSettings(16 * 1024, 8 * 1024, 2, 5, false);
    private static final List<Bytes> PAYLOADS =
            List.of(Bytes.utf8("interlocking logs"), Bytes.EMPTY, Bytes.utf8("no nails"));

    @TempDir
    Path directory;

    @BeforeEach
    void writeASegmentOfTwoBatches() throws IOException {
        DriveLog.create(directory, DRIVE, TINY);
        SegmentFiles files = new SegmentFiles(directory, SegmentChannel.Opener.FILES);
        LogRecovery.Tail tail = new LogRecovery(files, DRIVE).recover(LogPoint.START, new CollectedRecords());
        try (LogWriter writer = new LogWriter(files, DRIVE, TINY, tail, "test")) {
            writer.commit(List.of(
                    new BytesEntry((byte) 1, PAYLOADS.get(0).array()),
                    new BytesEntry((byte) 2, PAYLOADS.get(1).array())));
            writer.commit(List.of(new BytesEntry((byte) 3, PAYLOADS.get(2).array())));
        }
    }

    private Path segment() {
        return directory.resolve("segment-0000000000000000.log");
    }

    private CollectedRecords replay() throws IOException {
        CollectedRecords seen = new CollectedRecords();
        DriveLog.open(directory, DRIVE, TINY, SegmentChannel.Opener.FILES, LogPoint.START, seen)
                .close();
        return seen;
    }

    @Test
    void theBytesOfASegmentAreThoseOfVersion1() throws IOException {
        try (InputStream golden = SegmentFormatTest.class.getResourceAsStream("/golden/log-segment-v1.bin")) {
            assertNotNull(golden, "golden file missing");
            assertArrayEquals(golden.readAllBytes(), Files.readAllBytes(segment()));
        }
    }

    @Test
    void aSegmentOfVersion1IsReplayed() throws IOException {
        try (InputStream golden = SegmentFormatTest.class.getResourceAsStream("/golden/log-segment-v1.bin")) {
            assertNotNull(golden, "golden file missing");
            Files.write(segment(), golden.readAllBytes());
        }
        assertEquals(PAYLOADS, replay().payloads());
    }

    @Test
    void aLaterVersionIsRefusedByName() throws IOException {
        setVersion(0, 2);
        assertThrows(FormatTooNewException.class, this::replay);
    }

    @Test
    void anEarlierVersionIsRefusedByName() throws IOException {
        setVersion(0, 0);
        assertThrows(FormatTooOldException.class, this::replay);
    }

    private void setVersion(int headerAt, int version) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment()));
        bytes.putInt(headerAt + 8, version);
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(headerAt, 56));
        bytes.putInt(headerAt + 56, (int) crc.getValue());
        Files.write(segment(), bytes.array());
    }
}
