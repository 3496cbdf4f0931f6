package io.azekura.persistence.index;

import io.azekura.persistence.file.UncachedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Verifies one table file of LevelDB by its own checksums, without LevelDB: which does not compare that of the block
 * that says where the others are, and sees only what is mapped into memory.
 *
 * <pre>
 * table   = { block } footer
 * block   = bytes, u8 compression (0 none, 1 Snappy), i32 masked CRC32C of bytes and compression
 * footer  = handle of the meta index, handle of the index, zeros up to 40 bytes, i64 magic
 * handle  = varint offset, varint size without the 5 bytes behind
 * entry   = varint shared bytes of the key, varint further ones, varint value bytes, key, value
 * index   = { entry with a handle as value }, { i32 offset of a restart }, i32 number of restarts
 * </pre>
 *
 * Integers are little-endian. The blocks follow each other without gaps, so that every byte is covered.
 */
final class TableFile {
    private static final int FOOTER_BYTES = 48;
    private static final int HANDLES_BYTES = 40;
    private static final long MAGIC = 0xDB4775248B80FB57L;
    private static final int TRAILER_BYTES = 5;
    private static final int SNAPPY = 1;

    /** Far above any block that LevelDB writes for values as short as ours. */
    private static final int BLOCK_BYTES_MAX = 64 << 20;

    private final UncachedFile file;
    private final long size;
    private final Visitor visitor;

    /** Hears of what is read and of what is wrong with it. */
    interface Visitor {
        void onBytes(long bytes) throws IOException;

        void onDamage(long offset, String what);
    }

    private record Handle(long offset, int size) {
        long end() {
            return offset + size + TRAILER_BYTES;
        }
    }

    TableFile(UncachedFile file, Visitor visitor) throws IOException {
        this.file = file;
        this.size = file.size();
        this.visitor = visitor;
    }

    /** Verifies everything, or only what says where the rest is: a hundredth of it. */
    void verify(boolean isWhole) throws IOException {
        if (size < FOOTER_BYTES) {
            visitor.onDamage(size, "a table of " + size + " bytes");
            return;
        }
        ByteBuffer footer = read(size - FOOTER_BYTES, FOOTER_BYTES);
        Handle meta = handle(footer);
        Handle index = handle(footer);
        boolean isValid = meta != null && index != null && footer.getLong(HANDLES_BYTES) == MAGIC;
        while (isValid && footer.position() < HANDLES_BYTES) {
            isValid = footer.get() == 0;
        }
        if (!isValid || meta == null || index == null) {
            visitor.onDamage(size - FOOTER_BYTES, "no valid footer of a table");
            return;
        }
        List<Handle> blocks = new ArrayList<>(List.of(meta, index));
        if (!addHandles(index, blocks) || !addHandles(meta, blocks)) {
            return;
        }
        blocks.sort(Comparator.comparingLong(Handle::offset));
        long at = 0;
        for (Handle block : blocks) {
            if (block.offset != at) {
                visitor.onDamage(at, "no block begins here, the next one at " + block.offset);
                return;
            }
            if (isWhole && !block.equals(meta) && !block.equals(index)) {
                block(block);
            }
            at = block.end();
        }
        if (at != size - FOOTER_BYTES) {
            visitor.onDamage(at, "bytes between the last block and the footer");
        }
    }

    private boolean addHandles(Handle of, List<Handle> blocks) throws IOException {
        ByteBuffer entries = block(of);
        if (entries == null) {
            return false;
        }
        int restarts = entries.limit() < Integer.BYTES ? -1 : entries.getInt(entries.limit() - Integer.BYTES);
        long end = entries.limit() - (1L + restarts) * Integer.BYTES;
        if (restarts < 0 || end < 0) {
            visitor.onDamage(of.offset, "a block with " + restarts + " restarts");
            return false;
        }
        entries.limit((int) end);
        while (entries.hasRemaining()) {
            Handle handle = entry(entries);
            if (handle == null) {
                visitor.onDamage(of.offset, "an entry of the table's index that is none");
                return false;
            }
            blocks.add(handle);
        }
        return true;
    }

    private @Nullable Handle entry(ByteBuffer entries) {
        long shared = varint(entries);
        long further = varint(entries);
        long valueBytes = varint(entries);
        if (shared < 0 || further < 0 || valueBytes < 0 || further + valueBytes > entries.remaining()) {
            return null;
        }
        entries.position(entries.position() + (int) further);
        int valueEnd = entries.position() + (int) valueBytes;
        Handle handle = handle(entries);
        return entries.position() == valueEnd ? handle : null;
    }

    /** The plain bytes of a block whose checksum fits, or null. */
    private @Nullable ByteBuffer block(Handle handle) throws IOException {
        ByteBuffer stored = read(handle.offset, handle.size + TRAILER_BYTES);
        CRC32C crc = new CRC32C();
        crc.update(stored.slice(0, handle.size + 1));
        if (stored.getInt(handle.size + 1) != masked((int) crc.getValue())) {
            visitor.onDamage(handle.offset, "a block of " + handle.size + " bytes fails its checksum");
            return null;
        }
        if (stored.get(handle.size) != SNAPPY) {
            return stored.limit(handle.size);
        }
        byte[] packed = new byte[handle.size];
        stored.get(0, packed);
        byte[] plain = SnappyBlock.decompress(packed, 0, handle.size, BLOCK_BYTES_MAX);
        if (plain == null) {
            visitor.onDamage(handle.offset, "a block that does not decompress");
            return null;
        }
        return ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer read(long offset, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        visitor.onBytes(bytes);
        try {
            file.read(offset, target);
        } catch (IOException e) {
            visitor.onDamage(offset, "cannot be read: " + e.getMessage());
            target.put(new byte[target.remaining()]);
        }
        return target.flip();
    }

    /** The handle at the buffer's position if it lies within the file, else null. */
    private @Nullable Handle handle(ByteBuffer from) {
        long offset = varint(from);
        long bytes = varint(from);
        boolean isInside = offset >= 0
                && bytes >= 0
                && bytes <= BLOCK_BYTES_MAX
                && offset <= size - FOOTER_BYTES - TRAILER_BYTES - bytes;
        return isInside ? new Handle(offset, (int) bytes) : null;
    }

    /** A number below 2^63 in LEB128, or -1. */
    static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE - 1 && from.hasRemaining(); shift += 7) {
            byte next = from.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        return -1;
    }

    /** How LevelDB stores a checksum, so that one of bytes with checksums in them is not a weak one. */
    static int masked(int crc) {
        return Integer.rotateRight(crc, 15) + 0xA282EAD8;
    }
}
