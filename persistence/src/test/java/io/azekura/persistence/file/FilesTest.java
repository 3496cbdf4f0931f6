package io.azekura.persistence.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {
    @TempDir
    Path directory;

    @Test
    void replacementIsTheWholeFileAndLeavesNothingBeside() throws Exception {
        Path file = directory.resolve("file");
        DurableFiles.replace(file, new byte[] {1, 2, 3});
        assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(file));
        Files.write(directory.resolve("file.new"), new byte[] {9, 9, 9, 9});
        DurableFiles.replace(file, new byte[] {4});
        assertArrayEquals(new byte[] {4}, Files.readAllBytes(file));
        assertEquals(1, names());
    }

    @Test
    void failedReplacementLeavesTheOldFile() throws Exception {
        Path file = directory.resolve("file");
        DurableFiles.replace(file, new byte[] {1});
        Files.createDirectory(directory.resolve("file.new"));
        assertThrows(IOException.class, () -> DurableFiles.replace(file, new byte[] {2}));
        assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
        assertTrue(DurableFiles.isTemporary(directory.resolve("file.new")));
        assertFalse(DurableFiles.isTemporary(file));
    }

    @Test
    void missingDirectoriesAreCreatedAndExistingOnesAccepted() throws Exception {
        Path deep = directory.resolve("a/b/c");
        DurableFiles.createDirectories(deep);
        DurableFiles.createDirectories(deep);
        assertTrue(Files.isDirectory(deep));
    }

    @Test
    void probeLeavesNothingBehind() throws Exception {
        DirectIo.works(directory);
        assertEquals(0, names());
        assertFalse(DirectIo.works(directory.resolve("missing")));
    }

    @Test
    void buffersAreAlignedAndLargeEnough() {
        AlignedBufferPool pool = new AlignedBufferPool(0);
        for (int bytes : new int[] {0, 1, 32_768, 32_769, 100_000, 1 << 20, Integer.MAX_VALUE}) {
            ByteBuffer buffer = pool.acquire(bytes);
            assertEquals(0, buffer.alignmentOffset(0, AlignedBufferPool.ALIGNMENT));
            assertTrue(buffer.remaining() >= Math.min(bytes, AlignedBufferPool.BYTES_MAX));
            assertTrue(buffer.capacity() <= Math.max(32_768L, 2L * bytes));
            pool.release(buffer);
        }
    }

    @Test
    void idleBuffersAreReusedUpToTheLimit() {
        AlignedBufferPool pool = new AlignedBufferPool(1 << 16);
        ByteBuffer a = pool.acquire(1 << 16);
        ByteBuffer b = pool.acquire(1 << 16);
        assertNotSame(a, b);
        pool.release(a);
        pool.release(b);
        assertSame(a, pool.acquire(1 << 16));
        assertNotSame(b, pool.acquire(1 << 16));
        assertThrows(IllegalArgumentException.class, () -> pool.release(ByteBuffer.allocateDirect(1000)));
    }

    private long names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }
}
