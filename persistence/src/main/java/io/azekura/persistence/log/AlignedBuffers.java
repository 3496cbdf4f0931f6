package io.azekura.persistence.log;

import java.nio.ByteBuffer;

/** Memory that a file opened past the page cache can be written from. */
final class AlignedBuffers {
    private AlignedBuffers() {}

    /** A zeroed direct buffer that begins at a block boundary. */
    static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes + SegmentFormat.BLOCK_BYTES)
                .alignedSlice(SegmentFormat.BLOCK_BYTES)
                .limit(bytes)
                .slice();
    }
}
