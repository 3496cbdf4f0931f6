package io.azekura.http.body;

import akka.util.ByteString;
import akka.util.ByteStringBuilder;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * Collects the slices that one piece of a body gives. A client that sends chunks of a few bytes would make thousands of
 * slices of a piece; such are copied together, so that what follows is paid for by the byte and not by the chunk.
 */
final class Slices implements Consumer<ByteString> {
    /** Below this a copy is cheaper than another element of a stream. */
    private static final int SLICE_BYTES_MIN = 4 * 1024;

    private final ArrayDeque<ByteString> slices = new ArrayDeque<>(2);
    private final ByteStringBuilder small = new ByteStringBuilder();

    @Override
    public void accept(ByteString slice) {
        if (slice.length() < SLICE_BYTES_MIN) {
            small.append(slice);
            if (small.length() >= SLICE_BYTES_MIN) {
                flush();
            }
        } else {
            flush();
            slices.add(slice);
        }
    }

    /** Hands over everything collected so far and forgets it. */
    Iterator<ByteString> drain() {
        flush();
        Iterator<ByteString> drained = slices.clone().iterator();
        slices.clear();
        return drained;
    }

    /** Everything collected as one run of bytes. */
    ByteString joined() {
        flush();
        if (slices.size() == 1) {
            return slices.getFirst();
        }
        ByteStringBuilder whole = new ByteStringBuilder();
        slices.forEach(whole::append);
        return whole.result().compact();
    }

    private void flush() {
        if (small.length() > 0) {
            slices.add(small.result().compact());
            small.clear();
        }
    }
}
