package io.azekura.persistence.drive.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A directory whose {@link #root} leads to the real files and notes every change and every sync on the way, in one order.
 * What is done to it through its root needs no seam in the code that does it. Any thread.
 *
 * <p>{@link #killAfter} plays the death of a process: of the calls that follow it only so many reach the disk, and everything opened before {@link #revive} fails. Nothing is lost by that, and nothing
 * made durable.
 */
public final class RecordedDisk {
    /** What a write past the page cache is a multiple of. */
    private static final int PAGE_BYTES = 4096;

    private final Path real;
    private final RecordedFileSystem system;
    private final Predicate<String> isRecorded;
    private final List<DiskCall> calls = new ArrayList<>();
    private final Map<String, Integer> inodes = new HashMap<>();
    private int nextInode;
    private int life;
    private long callsLeft = Long.MAX_VALUE;
    private boolean isLastTorn;

    /**
     * Begins to record.
     *
     * @param real an existing directory with exactly the files of the image
     * @param isRecorded says by relative path what is to be noted; the rest passes unseen
     */
    public RecordedDisk(Path real, DiskImage base, Predicate<String> isRecorded) {
        this.real = real.toAbsolutePath().normalize();
        this.system = new RecordedFileSystem(this);
        this.isRecorded = isRecorded;
        for (String file : base.files().keySet()) {
            inodes.put(file, nextInode++);
        }
    }

    /** The directory to be given to the code that is recorded. */
    public Path root() {
        return new RecordedPath(system, real);
    }

    /** The same directory, past the recording. */
    public Path real() {
        return real;
    }

    /** What was recorded so far. */
    public synchronized List<DiskCall> calls() {
        return List.copyOf(calls);
    }

    /** Puts a mark between the calls. */
    public synchronized void mark(DiskCall mark) {
        calls.add(mark);
    }

    /** {@code isLastTorn} cuts the last call short if it is a write. */
    public synchronized void killAfter(long numberOfCalls, boolean isLastTorn) {
        callsLeft = numberOfCalls;
        this.isLastTorn = isLastTorn;
    }

    /** Whether the process that {@link #killAfter} spoke of is dead. */
    public synchronized boolean isKilled() {
        return callsLeft <= 0;
    }

    /** A new process begins. */
    public synchronized void revive() {
        life++;
        callsLeft = Long.MAX_VALUE;
    }

    RecordedFileSystem system() {
        return system;
    }

    private String relative(Path path) {
        return real.relativize(path.toAbsolutePath().normalize()).toString();
    }

    /** Counts one call; with the monitor held. */
    private void begin(int caller) throws IOException {
        if (caller != life || callsLeft <= 0) {
            throw new IOException("killed");
        }
        callsLeft--;
    }

    synchronized FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        String name = relative(path);
        boolean isDirectory = Files.isDirectory(path);
        boolean isWritten = options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
        if (!isRecorded.test(name)) {
            return FileChannel.open(path, options, attributes);
        }
        // A file that is only read may be synced all the same.
        boolean isNew = isWritten && Files.notExists(path);
        if (isNew || options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            begin(life);
        }
        FileChannel opened = FileChannel.open(path, options, attributes);
        if (isDirectory) {
            return new RecordedChannel(this, opened, life, name, -1);
        }
        if (isNew) {
            inodes.put(name, nextInode);
            calls.add(new DiskCall.Create(name, nextInode++));
        } else if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            calls.add(new DiskCall.Truncate(inode(name), 0));
        }
        return new RecordedChannel(this, opened, life, name, inode(name));
    }

    private int inode(String name) {
        Integer inode = inodes.get(name);
        if (inode == null) {
            throw new IllegalStateException(name + " was not made through the recorded disk");
        }
        return inode;
    }

    synchronized int write(int caller, FileChannel file, int inode, ByteBuffer bytes, long offset) throws IOException {
        begin(caller);
        int whole = bytes.limit();
        if (callsLeft == 0 && isLastTorn) {
            // The last call of a killed process need not have come to its end.
            bytes.limit(bytes.position() + bytes.remaining() / PAGE_BYTES / 2 * PAGE_BYTES);
        }
        ByteBuffer written = bytes.duplicate();
        int count = bytes.hasRemaining() ? file.write(bytes, offset) : 0;
        byte[] copy = new byte[count];
        written.get(copy);
        calls.add(new DiskCall.Write(inode, offset, copy));
        bytes.limit(whole);
        if (callsLeft == 0 && isLastTorn) {
            throw new IOException("killed");
        }
        return count;
    }

    synchronized void truncate(int caller, FileChannel file, int inode, long bytes) throws IOException {
        begin(caller);
        file.truncate(bytes);
        calls.add(new DiskCall.Truncate(inode, bytes));
    }

    synchronized void sync(int caller, FileChannel file, String name, int inode) throws IOException {
        begin(caller);
        file.force(true);
        calls.add(inode < 0 ? new DiskCall.SyncDirectory(name) : new DiskCall.SyncFile(inode));
    }

    synchronized void createDirectory(Path path) throws IOException {
        String name = relative(path);
        begin(life);
        Files.createDirectory(path);
        if (isRecorded.test(name)) {
            calls.add(new DiskCall.MakeDirectory(name));
        }
    }

    synchronized void delete(Path path) throws IOException {
        String name = relative(path);
        begin(life);
        Files.delete(path);
        if (isRecorded.test(name)) {
            inodes.remove(name);
            calls.add(new DiskCall.Remove(name));
        }
    }

    synchronized void move(Path from, Path to, CopyOption... options) throws IOException {
        begin(life);
        Files.move(from, to, options);
        String name = relative(from);
        String target = relative(to);
        if (isRecorded.test(name)) {
            if (!DiskCall.parent(name).equals(DiskCall.parent(target))) {
                throw new IllegalStateException("a move from one directory to another is not recorded");
            }
            int inode = inode(name);
            inodes.remove(name);
            inodes.put(target, inode);
            calls.add(new DiskCall.Rename(name, target));
        }
    }
}
