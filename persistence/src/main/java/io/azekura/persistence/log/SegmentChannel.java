package io.azekura.persistence.log;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The writing side of one segment file, and the place where tests put a failing disk. */
public interface SegmentChannel extends Closeable {
    /** Writes all remaining bytes: whole blocks from block-aligned memory to a block-aligned offset. */
    void write(ByteBuffer blocks, long offset) throws IOException;

    /** Makes what was written durable. */
    void force() throws IOException;

    /** How segments are opened for writing. */
    @FunctionalInterface
    interface Opener {
        Opener FILES = SegmentChannel::openFile;

        /**
         * Opens a file for writing, creating it if it is missing.
         *
         * @param direct whether to bypass the page cache if the file system allows it
         */
        SegmentChannel open(Path file, boolean direct) throws IOException;
    }

    private static SegmentChannel openFile(Path file, boolean direct) throws IOException {
        FileChannel channel = direct ? openDirect(file) : openBuffered(file);
        return new SegmentChannel() {
            @Override
            public void write(ByteBuffer blocks, long offset) throws IOException {
                long at = offset;
                while (blocks.hasRemaining()) {
                    at += channel.write(blocks, at);
                }
            }

            @Override
            public void force() throws IOException {
                channel.force(false);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    private static FileChannel openBuffered(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** File systems without direct I/O, or with larger blocks than ours, are written through the page cache. */
    private static FileChannel openDirect(Path file) throws IOException {
        if (SegmentFormat.BLOCK_BYTES
                        % Files.getFileStore(file.toAbsolutePath().getParent()).getBlockSize()
                != 0) {
            return openBuffered(file);
        }
        try {
            return FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
        } catch (UnsupportedOperationException | FileSystemException refused) {
            // A file that cannot be opened at all fails again here, with its own reason.
            return openBuffered(file);
        }
    }
}
