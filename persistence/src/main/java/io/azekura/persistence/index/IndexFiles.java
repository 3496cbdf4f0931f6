package io.azekura.persistence.index;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.file.UncachedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the files of an index on the disk by LevelDB's own checksums, beside a LevelDB that may have them open: the
 * file that names the manifest, the manifest, and every table in it. Its write-ahead logs are never read back (see
 * {@link LevelDbStore}), so nothing in them means anything. One thread.
 *
 * <pre>
 * CURRENT   "MANIFEST-" number in at least six digits, line feed
 * MANIFEST  blocks of 32 KiB = { record } { zero }
 * record    i32 masked CRC32C of type and bytes, u16 length, u8 type (1 whole, 2 first, 3 middle, 4 last), bytes
 * edit      { varint tag, fields }, the bytes of one whole record or of several
 * </pre>
 */
public final class IndexFiles {
    private static final String CURRENT = "CURRENT";
    private static final int BLOCK_BYTES = 32 * 1024;
    private static final int RECORD_HEADER_BYTES = 7;
    private static final int WHOLE = 1;
    private static final int FIRST = 2;
    private static final int LAST = 4;

    private static final int NAME_BYTES_MAX = 64;
    private static final int ATTEMPTS = 3;

    /** An edit lists tables; one of all tables of a very large index is a few MiB. */
    private static final int MANIFEST_BYTES_MAX = 256 << 20;

    private final Path directory;
    private final AlignedBufferPool pool;
    private final Visitor visitor;

    public IndexFiles(Path directory, AlignedBufferPool pool, Visitor visitor) {
        this.directory = directory;
        this.pool = pool;
        this.visitor = visitor;
    }

    /** Hears of what is read and of what is wrong with it. */
    public interface Visitor {
        /** So many bytes were read. May wait, and ends the scrub by an exception. */
        void onBytes(long bytes) throws IOException;

        void onDamage(Path file, long offset, String what);
    }

    /** Verifies every byte of every file that means something. */
    public void verify() throws IOException {
        verify(true);
    }

    /** Verifies only what says where everything is: a hundredth of the index. */
    public void verifyStructure() throws IOException {
        verify(false);
    }

    /**
     * Verifies what says where everything in an index is, before LevelDB relies on it: it would take a flipped bit there
     * for the absence of a key.
     *
     * @throws CorruptException if it is damaged
     */
    static void requireSoundStructure(Path directory) throws IOException {
        if (Files.notExists(directory.resolve(CURRENT))) {
            // A new index: it is filled from the whole log.
            return;
        }
        List<CorruptException> damages = new ArrayList<>();
        AlignedBufferPool pool = new AlignedBufferPool(AlignedBufferPool.BYTES_MAX);
        new IndexFiles(directory, pool, new Visitor() {
                    @Override
                    public void onBytes(long bytes) {}

                    @Override
                    public void onDamage(Path file, long offset, String what) {
                        damages.add(new CorruptException(file.toString(), offset, "a sound index", what));
                    }
                })
                .verifyStructure();
        if (!damages.isEmpty()) {
            throw damages.get(0);
        }
    }

    private void verify(boolean isWhole) throws IOException {
        Map<Long, Long> tables = liveTables(true);
        if (tables == null) {
            return;
        }
        for (Map.Entry<Long, Long> table : tables.entrySet()) {
            verifyTable(table.getKey(), table.getValue(), isWhole);
        }
    }

    private void verifyTable(long number, long size, boolean isWhole) throws IOException {
        Path path = table(number);
        TableFindings findings = new TableFindings();
        try (UncachedFile file = UncachedFile.open(path, pool)) {
            if (file.size() == size) {
                new TableFile(file, findings).verify(isWhole);
            } else {
                findings.onDamage(Math.min(size, file.size()), "a table of " + file.size() + " bytes, not " + size);
            }
        } catch (NoSuchFileException missing) {
            findings.onDamage(0, "a table of the index is missing");
        }
        if (!findings.found.isEmpty()) {
            // A compaction may have replaced it meanwhile, and then its end is no damage.
            Map<Long, Long> tables = liveTables(false);
            if (tables == null || tables.containsKey(number)) {
                findings.found.forEach((offset, what) -> visitor.onDamage(path, offset, what));
            }
        }
    }

    private Path table(long number) {
        Path path = directory.resolve(String.format(Locale.ROOT, "%06d.sst", number));
        return Files.exists(path) ? path : directory.resolve(String.format(Locale.ROOT, "%06d.ldb", number));
    }

    /**
     * The tables of the index with their sizes, or null if that cannot be told, or there is no index yet. Looks again
     * before it says so: LevelDB may be just writing.
     */
    private @Nullable Map<Long, Long> liveTables(boolean isTold) throws IOException {
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            Map<Long, Long> tables = readTables(false);
            if (tables != null) {
                return tables;
            }
        }
        return readTables(isTold);
    }

    private @Nullable Map<Long, Long> readTables(boolean isTold) throws IOException {
        Path current = directory.resolve(CURRENT);
        if (Files.notExists(directory)) {
            return null;
        }
        ByteBuffer name = readFile(current, NAME_BYTES_MAX, isTold);
        if (name == null) {
            return null;
        }
        String text = StandardCharsets.ISO_8859_1.decode(name).toString();
        if (!text.matches("MANIFEST-[0-9]{6,20}\n")) {
            tell(isTold, current, 0, "not the name of a manifest");
            return null;
        }
        Path manifest = directory.resolve(text.strip());
        ByteBuffer edits = readFile(manifest, MANIFEST_BYTES_MAX, isTold);
        return edits == null ? null : tables(manifest, edits, isTold);
    }

    private @Nullable ByteBuffer readFile(Path path, int bytesMax, boolean isTold) throws IOException {
        ByteBuffer bytes;
        try (UncachedFile file = UncachedFile.open(path, pool)) {
            bytes = ByteBuffer.allocate((int) Math.min(file.size(), bytesMax));
            file.read(0, bytes);
        } catch (IOException e) {
            tell(isTold, path, 0, "cannot be read: " + e);
            return null;
        }
        visitor.onBytes(bytes.limit());
        return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    private void tell(boolean isTold, Path file, long offset, String what) {
        if (isTold) {
            visitor.onDamage(file, offset, what);
        }
    }

    /** Replays the edits. What LevelDB is just appending may be there in part. */
    private @Nullable Map<Long, Long> tables(Path manifest, ByteBuffer bytes, boolean isTold) {
        Map<Long, Long> tables = new TreeMap<>();
        ByteBuffer edit = ByteBuffer.allocate(bytes.limit()).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + RECORD_HEADER_BYTES <= bytes.limit(); ) {
            int room = BLOCK_BYTES - at % BLOCK_BYTES;
            int length = Short.toUnsignedInt(bytes.getShort(at + Integer.BYTES));
            int type = bytes.get(at + RECORD_HEADER_BYTES - 1);
            if (room < RECORD_HEADER_BYTES) {
                at += room;
                continue;
            }
            if (type == 0 && length == 0 && isZero(bytes, at)) {
                return tables;
            }
            int end = at + RECORD_HEADER_BYTES + length;
            if (end > bytes.limit() || length > room - RECORD_HEADER_BYTES || !isSound(bytes, at, length)) {
                tell(isTold, manifest, at, "a record of the manifest fails its checksum");
                return null;
            }
            if (type == WHOLE || type == FIRST) {
                edit.clear();
            }
            edit.put(bytes.slice(at + RECORD_HEADER_BYTES, length));
            if ((type == WHOLE || type == LAST) && !apply(edit.flip(), tables)) {
                tell(isTold, manifest, at, "an edit that cannot be understood");
                return null;
            }
            at = end;
        }
        return tables;
    }

    private static boolean isZero(ByteBuffer bytes, int from) {
        for (int i = from; i < bytes.limit(); i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSound(ByteBuffer bytes, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(at + RECORD_HEADER_BYTES - 1, length + 1));
        return bytes.getInt(at) == TableFile.masked((int) crc.getValue());
    }

    /** Tags: 1 comparator, 2 log, 3 next file, 4 last sequence, 5 compaction pointer, 6 removed, 7 added, 9 older log. */
    private static boolean apply(ByteBuffer edit, Map<Long, Long> tables) {
        while (edit.hasRemaining()) {
            int tag = (int) TableFile.varint(edit);
            boolean isKnown =
                    switch (tag) {
                        case 1 -> skipBytes(edit);
                        case 2, 3, 4, 9 -> TableFile.varint(edit) >= 0;
                        case 5 -> TableFile.varint(edit) >= 0 && skipBytes(edit);
                        case 6 -> TableFile.varint(edit) >= 0 && removed(edit, tables);
                        case 7 -> TableFile.varint(edit) >= 0 && added(edit, tables);
                        default -> false;
                    };
            if (!isKnown) {
                return false;
            }
        }
        return true;
    }

    private static boolean removed(ByteBuffer edit, Map<Long, Long> tables) {
        tables.remove(TableFile.varint(edit));
        return true;
    }

    private static boolean added(ByteBuffer edit, Map<Long, Long> tables) {
        tables.put(TableFile.varint(edit), TableFile.varint(edit));
        boolean hasSmallest = skipBytes(edit);
        return hasSmallest && skipBytes(edit);
    }

    private static boolean skipBytes(ByteBuffer edit) {
        long length = TableFile.varint(edit);
        if (length < 0 || length > edit.remaining()) {
            return false;
        }
        edit.position(edit.position() + (int) length);
        return true;
    }

    private final class TableFindings implements TableFile.Visitor {
        private final Map<Long, String> found = new TreeMap<>();

        @Override
        public void onBytes(long bytes) throws IOException {
            visitor.onBytes(bytes);
        }

        @Override
        public void onDamage(long offset, String what) {
            found.putIfAbsent(offset, what);
        }
    }
}
