package io.azekura.persistence.index;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.file.FullFileSystem;
import io.azekura.persistence.model.Bytes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.iq80.leveldb.CompressionType;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBIterator;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.ReadOptions;
import org.iq80.leveldb.WriteBatch;
import org.iq80.leveldb.WriteOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * LevelDB through JNI, with the care that it needs.
 *
 * <ul>
 *   <li>A call after close, or an iterator that outlives its database, is a segmentation fault. So every native call
 *       holds the read side of a lock whose write side closes, and closing the store closes its open cursors first.
 *   <li>Iterators only go forward; stepping back is known to crash.
 *   <li>Checksums of tables are verified on every read; a manifest that does not parse refuses to open.
 *   <li>LevelDB's own write-ahead logs are removed before it opens. When two of them are there, which is how a crash
 *       during a flush leaves them, it ignores an error in the older one and then serves old values of the keys that
 *       were in it; and a power cut may keep the newer one while losing the older. Without them the tables hold
 *       exactly the batches up to some moment, which an orderly close makes the last one.
 *   <li>Nothing is shared between databases, so that a drive that hangs holds up no other: each has its own copy of the
 *       library ({@link LevelDbLibrary}), which also keeps threads apart in their first calls.
 * </ul>
 */
final class LevelDbStore implements KeyValueStore {
    private static final Logger LOG = LoggerFactory.getLogger(LevelDbStore.class);
    private static final String LIBRARY_PATH = "library.leveldbjni.path";
    private static final byte[] NO_KEY = {0};

    /** LevelDB's own lock keeps other processes away; each copy of the library would let another of this process in. */
    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

    private final String name;
    private final Path place;
    private final LevelDbLibrary library;
    private final DB db;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<LevelDbCursor> cursors = new HashSet<>();
    private final RoomGuard room;
    private boolean closed;
    private volatile @Nullable NoSpaceException noRoom;
    private volatile boolean written;
    private volatile @Nullable IOException writeFailure;

    private LevelDbStore(Path directory, Path place, LevelDbLibrary library, DB db, long floorBytes)
            throws IOException {
        this.name = directory.toString();
        this.place = place;
        this.library = library;
        this.db = db;
        this.room = new RoomGuard(directory, floorBytes, this::leaveForWantOfRoom);
    }

    /**
     * Opens or creates the database in the directory.
     *
     * @throws CorruptException if LevelDB finds its own files damaged: rebuild it from the log
     * @throws NoSpaceException if the file system has less free space than the reserve
     */
    static LevelDbStore open(Path directory, IndexSettings settings) throws IOException {
        Files.createDirectories(directory);
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < settings.reserveBytes()) {
            throw new NoSpaceException(directory.toString(), free, settings.reserveBytes());
        }
        Path place = directory.toRealPath();
        if (!IN_USE.add(place)) {
            throw new IOException(place + "/LOCK is held by this process");
        }
        try {
            removeWriteAheadLogs(directory);
            return opened(directory, place, settings);
        } catch (IOException | RuntimeException e) {
            IN_USE.remove(place);
            throw e;
        }
    }

    private static LevelDbStore opened(Path directory, Path place, IndexSettings settings) throws IOException {
        Options options = new Options()
                .createIfMissing(true)
                .paranoidChecks(true)
                .verifyChecksums(true)
                .compressionType(settings.compression() ? CompressionType.SNAPPY : CompressionType.NONE)
                .cacheSize(settings.cacheBytes())
                .writeBufferSize(settings.writeBufferBytes())
                .maxOpenFiles(settings.openFilesMax());
        LevelDbLibrary library = LevelDbLibrary.take();
        try {
            DB db = library.open(directory, options);
            LOG.debug(
                    "Opened index {}; native library from {} ({}) or extracted to java.io.tmpdir ({})",
                    directory,
                    LIBRARY_PATH,
                    System.getProperty(LIBRARY_PATH),
                    System.getProperty("java.io.tmpdir"));
            return watched(directory, place, library, db, settings);
        } catch (LinkageError e) {
            throw new IOException(
                    "cannot load the LevelDB library: if java.io.tmpdir (" + System.getProperty("java.io.tmpdir")
                            + ") forbids execution, name another directory with -D" + LIBRARY_PATH,
                    e);
        } catch (IOException | RuntimeException e) {
            library.giveBack();
            throw translated(directory.toString(), e);
        }
    }

    private static LevelDbStore watched(
            Path directory, Path place, LevelDbLibrary library, DB db, IndexSettings settings) throws IOException {
        try {
            LevelDbStore store = new LevelDbStore(directory, place, library, db, settings.floorBytes());
            store.room.start();
            return store;
        } catch (IOException | RuntimeException e) {
            db.close();
            throw e;
        }
    }

    private static void removeWriteAheadLogs(Path directory) throws IOException {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, "[0-9]*.log")) {
            for (Path log : logs) {
                Files.delete(log);
            }
        }
    }

    @Override
    public byte @Nullable [] get(byte[] key) throws IOException {
        lock.readLock().lock();
        try {
            ensureOpen();
            return db.get(key, readOptions(true));
        } catch (RuntimeException e) {
            throw translated(name, e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void write(List<Change> changes) throws IOException {
        lock.readLock().lock();
        try {
            ensureOpen();
            if (writeFailure != null) {
                throw new IOException(name + " failed an earlier write", writeFailure);
            }
            if (!room.hasRoom()) {
                throw new NoSpaceException(name, room.freeBytes(), room.floorBytes());
            }
            written = true;
            try (WriteBatch batch = db.createWriteBatch()) {
                for (Change change : changes) {
                    Bytes value = change.value();
                    if (value == null) {
                        batch.delete(change.key().array());
                    } else {
                        batch.put(change.key().array(), value.array());
                    }
                }
                db.write(batch, new WriteOptions().sync(false));
            }
        } catch (RuntimeException e) {
            IOException failure = translated(name, e);
            writeFailure = failure;
            throw failure;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public Cursor cursor(byte[] from) throws IOException {
        lock.readLock().lock();
        try {
            ensureOpen();
            LevelDbCursor cursor = new LevelDbCursor(db.iterator(readOptions(false)), from);
            synchronized (cursors) {
                cursors.add(cursor);
            }
            return cursor;
        } catch (RuntimeException e) {
            throw translated(name, e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() throws IOException {
        close(true);
    }

    @Override
    public void abandon() throws IOException {
        close(false);
    }

    /** LevelDB works on its files by itself, even when it is only read: on a full file system that ends the process. */
    private void leaveForWantOfRoom() {
        try {
            noRoom = new NoSpaceException(name, room.freeBytes(), room.floorBytes());
            LOG.warn("Index {} is closed for want of room", name, noRoom);
            abandon();
        } catch (IOException e) {
            LOG.warn("Cannot close index {}", name, e);
        }
    }

    private void close(boolean orderly) throws IOException {
        room.stop();
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                for (LevelDbCursor cursor : Set.copyOf(cursors)) {
                    cursor.closeIterator();
                }
                try {
                    if (orderly && room.hasRoom()) {
                        flush();
                    }
                } finally {
                    db.close();
                    library.giveBack();
                    IN_USE.remove(place);
                }
            }
        } catch (RuntimeException e) {
            throw translated(name, e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Writes the memory table out: compacting any range, even one without keys, begins with that. */
    private void flush() {
        if (written && writeFailure == null) {
            db.compactRange(NO_KEY, NO_KEY);
        }
    }

    private void ensureOpen() throws IOException {
        NoSpaceException left = noRoom;
        if (left != null) {
            throw left;
        }
        if (closed) {
            throw new IOException(name + " is closed");
        }
    }

    /** Scans stay out of the block cache, or one pass of the scrubber would empty it. */
    private static ReadOptions readOptions(boolean fillCache) {
        return new ReadOptions().verifyChecksums(true).fillCache(fillCache);
    }

    /** A table that is missing, or has a length that cannot be mapped, is one that the manifest is wrong about. */
    private static boolean isDamage(String message) {
        return message.contains("corrupt")
                || message.contains("no such file or directory")
                || message.contains("invalid argument");
    }

    private static IOException translated(String name, Exception cause) {
        String message = String.valueOf(cause.getMessage());
        if (isDamage(message.toLowerCase(Locale.ROOT))) {
            CorruptException corrupt = new CorruptException(name, 0, "a sound LevelDB database", message);
            corrupt.initCause(cause);
            return corrupt;
        }
        IOException failure = new IOException(name + ": " + message, cause);
        // Files that LevelDB could not make or lengthen say nothing about those it has.
        return FullFileSystem.isCauseOf(failure) ? new NoSpaceException(name, failure) : failure;
    }

    private final class LevelDbCursor implements Cursor {
        private final DBIterator iterator;
        private byte @Nullable [] seekTarget;
        private Map.@Nullable Entry<byte[], byte[]> entry;
        private boolean iteratorClosed;

        LevelDbCursor(DBIterator iterator, byte[] from) {
            this.iterator = iterator;
            this.seekTarget = from;
        }

        @Override
        public boolean next() throws IOException {
            lock.readLock().lock();
            try {
                ensureOpen();
                if (iteratorClosed) {
                    throw new IOException("a cursor of " + name + " is closed");
                }
                if (seekTarget != null) {
                    iterator.seek(seekTarget);
                    seekTarget = null;
                }
                entry = iterator.hasNext() ? iterator.next() : null;
                return entry != null;
            } catch (RuntimeException e) {
                entry = null;
                throw translated(name, e);
            } finally {
                lock.readLock().unlock();
            }
        }

        @Override
        public byte[] key() {
            return current().getKey();
        }

        @Override
        public byte[] value() {
            return current().getValue();
        }

        @Override
        public void seek(byte[] key) {
            seekTarget = key;
        }

        @Override
        public void close() {
            lock.readLock().lock();
            try {
                closeIterator();
            } finally {
                lock.readLock().unlock();
            }
        }

        /** With either side of the lock held; the monitor keeps a cursor from being closed twice at once. */
        private void closeIterator() {
            synchronized (cursors) {
                cursors.remove(this);
                if (!iteratorClosed) {
                    iteratorClosed = true;
                    try {
                        iterator.close();
                    } catch (IOException e) {
                        LOG.warn("Cannot close a cursor of {}", name, e);
                    }
                }
            }
        }

        private Map.Entry<byte[], byte[]> current() {
            if (entry == null) {
                throw new IllegalStateException("the cursor stands on no entry");
            }
            return entry;
        }
    }
}
