package io.azekura.persistence.drive;

import io.azekura.persistence.log.SegmentChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Writes log segments to real files, with something that a test puts before every write and sync. */
final class ScriptedDisk implements SegmentChannel.Opener {
    private volatile Step onWrite = bytes -> Fate.DONE;
    private volatile Step onSync = bytes -> Fate.DONE;

    /** What becomes of a write or a sync. */
    enum Fate {
        DONE,
        /** Said to be done. */
        LIED
    }

    /** Runs before a write or sync of so many bytes, and may throw or wait instead. */
    @FunctionalInterface
    interface Step {
        Fate before(int bytes) throws IOException;
    }

    void onWrite(Step step) {
        onWrite = step;
    }

    void onSync(Step step) {
        onSync = step;
    }

    /** Fails so many times, or for ever with a negative number. */
    static Step failing(int times) {
        return new Step() {
            private int left = times;

            @Override
            public Fate before(int bytes) throws IOException {
                if (left != 0) {
                    left--;
                    throw new IOException("Input/output error");
                }
                return Fate.DONE;
            }
        };
    }

    @Override
    public SegmentChannel open(Path file, boolean direct) throws IOException {
        SegmentChannel real = FILES.open(file, direct);
        return new SegmentChannel() {
            @Override
            public void write(ByteBuffer blocks, long offset) throws IOException {
                if (onWrite.before(blocks.remaining()) == Fate.DONE) {
                    real.write(blocks, offset);
                } else {
                    blocks.position(blocks.limit());
                }
            }

            @Override
            public void force() throws IOException {
                if (onSync.before(0) == Fate.DONE) {
                    real.force();
                }
            }

            @Override
            public void close() throws IOException {
                real.close();
            }
        };
    }
}
