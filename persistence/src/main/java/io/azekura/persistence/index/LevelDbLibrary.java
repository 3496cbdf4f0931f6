package io.azekura.persistence.index;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayDeque;
import java.util.Deque;
import org.fusesource.leveldbjni.JniDBFactory;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBFactory;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.ReadOptions;
import org.iq80.leveldb.WriteBatch;
import org.iq80.leveldb.WriteOptions;
import org.jspecify.annotations.Nullable;

/**
 * One copy of the native library, loaded for one database at a time. LevelDB has one background thread for all
 * databases of a copy: with one copy for all drives, a drive that hangs in that thread held up the others as soon as
 * each had filled two write buffers. A copy is used again when its database is closed.
 */
final class LevelDbLibrary {
    private static final String NATIVE_PACKAGES = "org.fusesource.";
    private static final byte[] NO_KEY = {0};
    private static final Deque<LevelDbLibrary> UNUSED = new ArrayDeque<>();

    private final DBFactory factory;
    private boolean fieldsLookedUp;

    private LevelDbLibrary(DBFactory factory) {
        this.factory = factory;
    }

    /** Takes a copy that no database uses. */
    static LevelDbLibrary take() throws IOException {
        synchronized (UNUSED) {
            LevelDbLibrary unused = UNUSED.poll();
            return unused == null ? new LevelDbLibrary(load()) : unused;
        }
    }

    /** The database that was opened with it is closed. */
    void giveBack() {
        synchronized (UNUSED) {
            UNUSED.push(this);
        }
    }

    /**
     * Opens a database. The JNI layer looks up the fields of its parameter objects in the first call that passes one,
     * without a lock, so one of each kind is passed here, before anybody else knows of the database: options for
     * reading and for writing, and a slice.
     */
    DB open(Path directory, Options options) throws IOException {
        DB db = factory.open(directory.toFile(), options);
        if (!fieldsLookedUp) {
            lookUpFields(db);
            fieldsLookedUp = true;
        }
        return db;
    }

    private static void lookUpFields(DB db) throws IOException {
        ReadOptions reading = new ReadOptions().verifyChecksums(true);
        try {
            byte @Nullable [] unused = db.get(NO_KEY, reading);
            try (WriteBatch nothing = db.createWriteBatch()) {
                db.write(nothing, new WriteOptions().sync(false));
            }
            try (var iterator = db.iterator(reading)) {
                iterator.seek(NO_KEY);
            }
        } catch (IOException | RuntimeException e) {
            db.close();
            throw e;
        }
    }

    private static DBFactory load() throws IOException {
        CodeSource source = JniDBFactory.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return JniDBFactory.factory;
        }
        try {
            Class<?> copy = new Copies(source.getLocation()).loadClass(JniDBFactory.class.getName());
            return (DBFactory) copy.getField("factory").get(null);
        } catch (ReflectiveOperationException e) {
            throw new IOException("cannot load another copy of LevelDB from " + source.getLocation(), e);
        }
    }

    /** Has its own native classes, and through them its own copy of the library; the interfaces are everybody's. */
    private static final class Copies extends URLClassLoader {
        Copies(URL classes) {
            super(new URL[] {classes}, LevelDbLibrary.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(NATIVE_PACKAGES)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }
}
