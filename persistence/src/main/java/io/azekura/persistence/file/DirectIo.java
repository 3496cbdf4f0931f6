package io.azekura.persistence.file;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Opens new files past the page cache where the file system allows it: see {@link AlignedBufferPool#ALIGNMENT}. */
public final class DirectIo {
    private DirectIo() {}

    /** Tries one direct write in the directory. To be asked once per drive, since the answer costs a file. */
    public static boolean works(Path directory) throws IOException {
        Path probe = directory.resolve(".direct-io-probe");
        Files.deleteIfExists(probe);
        try (FileChannel channel = create(probe, true)) {
            ByteBuffer block = ByteBuffer.allocateDirect(2 * AlignedBufferPool.ALIGNMENT - 1)
                    .alignedSlice(AlignedBufferPool.ALIGNMENT)
                    .slice(0, AlignedBufferPool.ALIGNMENT);
            return channel.write(block, 0) == AlignedBufferPool.ALIGNMENT;
        } catch (IOException | UnsupportedOperationException refused) {
            // A drive that cannot be written at all fails the buffered write that follows, with its own reason.
            return false;
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /** Creates a file for writing; it must not exist. */
    public static FileChannel create(Path file, boolean direct) throws IOException {
        Set<OpenOption> options = direct
                ? Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)
                : Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return FileChannel.open(file, options);
    }
}
