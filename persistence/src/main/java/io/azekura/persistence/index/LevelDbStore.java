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
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.fusesource.leveldbjni.JniDBFactory;
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
 *   <li>The JNI layer looks up the fields of its parameter objects in the first call that passes one, without a lock: a
 *       second thread in its own first call can read a field before it is looked up, and so takes an object's header
 *       for a snapshot's address. So the first database of the process is opened and used by one thread alone.
 * </ul>
 */
final class LevelDbStore implements KeyValueStore {
    private static final Logger LOG = LoggerFactory.getLogger(LevelDbStore.class);
    private static final String LIBRARY_PATH = "library.leveldbjni.path";
    private static final byte[] NO_KEY = {0};
    private static final Object FIRST_USE = new Object();

    /** Guarded by {@link #FIRST_USE}. */
    private static boolean fieldsLookedUp;

    private final String name;
    private final DB db;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<LevelDbCursor> cursors = new HashSet<>();
    private final RoomGuard room;
    private boolean closed;
    private volatile @Nullable NoSpaceException noRoom;
    private volatile boolean written;
    private volatile @Nullable IOException writeFailure;

    private LevelDbStore(Path directory, DB db, long floorBytes) throws IOException {
        this.name = directory.toString();
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
        removeWriteAheadLogs(directory);
        Options options = new Options()
                .createIfMissing(true)
                .paranoidChecks(true)
                .verifyChecksums(true)
                .compressionType(settings.compression() ? CompressionType.SNAPPY : CompressionType.NONE)
                .cacheSize(settings.cacheBytes())
                .writeBufferSize(settings.writeBufferBytes())
                .maxOpenFiles(settings.openFilesMax());
        try {
            DB db = opened(directory, options);
            LOG.debug(
                    "Opened index {}; native library from {} ({}) or extracted to java.io.tmpdir ({})",
                    directory,
                    LIBRARY_PATH,
                    System.getProperty(LIBRARY_PATH),
                    System.getProperty("java.io.tmpdir"));
            return opened(directory, db, settings);
        } catch (LinkageError e) {
            throw new IOException(
                    "cannot load the LevelDB library: if java.io.tmpdir (" + System.getProperty("java.io.tmpdir")
                            + ") forbids execution, name another directory with -D" + LIBRARY_PATH,
                    e);
        } catch (IOException | RuntimeException e) {
            throw translated(directory.toString(), e);
        }
    }

    private static LevelDbStore opened(Path directory, DB db, IndexSettings settings) throws IOException {
        try {
            LevelDbStore store = new LevelDbStore(directory, db, settings.floorBytes());
            store.room.start();
            return store;
        } catch (IOException | RuntimeException e) {
            db.close();
            throw e;
        }
    }

    private static DB opened(Path directory, Options options) throws IOException {
        synchronized (FIRST_USE) {
            if (!fieldsLookedUp) {
                DB db = JniDBFactory.factory.open(directory.toFile(), options);
                lookUpFields(db);
                fieldsLookedUp = true;
                return db;
            }
        }
        return JniDBFactory.factory.open(directory.toFile(), options);
    }

    /** Passes one of each kind of parameter object: options for reading and for writing, and a slice. */
    private static void lookUpFields(DB db) throws IOException {
        try {
            byte @Nullable [] unused = db.get(NO_KEY, readOptions(true));
            try (WriteBatch nothing = db.createWriteBatch()) {
                db.write(nothing, new WriteOptions().sync(false));
            }
            try (DBIterator iterator = db.iterator(readOptions(false))) {
                iterator.seek(NO_KEY);
            }
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
