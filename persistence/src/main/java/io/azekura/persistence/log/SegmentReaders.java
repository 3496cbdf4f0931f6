package io.azekura.persistence.log;

import io.azekura.persistence.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads segments at any place, from any thread. Keeps a bounded number of files open; a read whose file was closed
 * under it, by that bound or by the interruption of another reading thread, opens it again.
 */
final class SegmentReaders implements AutoCloseable {
    /** At 64 MiB a segment, enough for 4 GiB of hot log per drive at a small share of the usual 1,024 descriptors. */
    private static final int OPEN_MAX = 64;

    private static final int HASH_SLOTS = 128;
    private static final float HASH_LOAD = 0.75f;

    private final SegmentFiles files;
    private final Map<Long, FileChannel> open = new LinkedHashMap<>(HASH_SLOTS, HASH_LOAD, true);
    private final Map<Long, Integer> pins = new HashMap<>();
    private long first;
    private boolean closed;

    SegmentReaders(SegmentFiles files, long first) {
        this.files = files;
        this.first = first;
    }

    synchronized long first() {
        return first;
    }

    /** Keeps a segment from being removed; false if it was trimmed already. */
    synchronized boolean pin(long segment) {
        if (segment < first) {
            return false;
        }
        pins.merge(segment, 1, Integer::sum);
        return true;
    }

    synchronized void unpin(long segment) {
        pins.computeIfPresent(segment, (same, count) -> count == 1 ? null : count - 1);
    }

    /** Lets no unpinned read reach a segment before {@code next} any more, and removes those that nobody has pinned. */
    void trim(long next) throws IOException {
        synchronized (this) {
            first = next;
        }
        boolean isChanged = false;
        for (long number : files.numbers()) {
            isChanged |= number < next && removeUnpinned(number);
        }
        if (isChanged) {
            files.forceDirectory();
        }
    }

    private synchronized boolean removeUnpinned(long number) throws IOException {
        if (pins.containsKey(number)) {
            return false;
        }
        FileChannel channel = open.remove(number);
        if (channel != null) {
            channel.close();
        }
        files.delete(number);
        return true;
    }

    /** Fills the target from the given place. */
    void read(long segment, long offset, ByteBuffer target) throws IOException {
        int start = target.position();
        while (true) {
            FileChannel channel = channel(segment);
            try {
                readFully(segment, channel, offset, target);
                return;
            } catch (ClosedByInterruptException interrupted) {
                throw interrupted;
            } catch (ClosedChannelException again) {
                target.position(start);
            }
        }
    }

    private void readFully(long segment, FileChannel channel, long offset, ByteBuffer target) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                throw new CorruptException(
                        files.file(segment).toString(), at, target.remaining() + " more bytes", "the end of the file");
            }
            at += count;
        }
    }

    private synchronized FileChannel channel(long segment) throws IOException {
        if (closed) {
            throw new IOException("the log of " + files.file(segment) + " is closed");
        }
        if (segment < first && !pins.containsKey(segment)) {
            throw new TrimmedException(files.file(segment).toString());
        }
        FileChannel channel = open.get(segment);
        if (channel == null || !channel.isOpen()) {
            channel = FileChannel.open(files.file(segment), StandardOpenOption.READ);
            open.put(segment, channel);
            closeEldest();
        }
        return channel;
    }

    private void closeEldest() throws IOException {
        if (open.size() > OPEN_MAX) {
            Long eldest = open.keySet().iterator().next();
            FileChannel channel = open.remove(eldest);
            if (channel != null) {
                channel.close();
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        for (FileChannel channel : open.values()) {
            channel.close();
        }
        open.clear();
    }
}
