package io.azekura.persistence.drive.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** A file or directory of a recorded disk, opened by one life of the process. */
final class RecordedChannel extends FileChannel {
    private final RecordedDisk disk;
    private final FileChannel file;
    private final int life;
    private final String name;
    private final int inode;

    /** {@code inode} is negative for a directory. */
    RecordedChannel(RecordedDisk disk, FileChannel file, int life, String name, int inode) {
        this.disk = disk;
        this.file = file;
        this.life = life;
        this.name = name;
        this.inode = inode;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int count = disk.write(life, file, inode, bytes, file.position());
        file.position(file.position() + count);
        return count;
    }

    @Override
    public int write(ByteBuffer bytes, long offset) throws IOException {
        return disk.write(life, file, inode, bytes, offset);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        long count = 0;
        for (int i = offset; i < offset + length; i++) {
            count += write(sources[i]);
        }
        return count;
    }

    @Override
    public FileChannel truncate(long bytes) throws IOException {
        disk.truncate(life, file, inode, bytes);
        return this;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        disk.sync(life, file, name, inode);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return file.read(target);
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
        return file.read(target, offset);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return file.read(targets, offset, length);
    }

    @Override
    public long position() throws IOException {
        return file.position();
    }

    @Override
    public FileChannel position(long offset) throws IOException {
        file.position(offset);
        return this;
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
        return file.transferTo(offset, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long offset, long count) {
        throw new UnsupportedOperationException("not recorded");
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long offset, long length) {
        throw new UnsupportedOperationException("not recorded");
    }

    @Override
    public FileLock lock(long offset, long length, boolean isShared) throws IOException {
        return file.lock(offset, length, isShared);
    }

    @Override
    public @Nullable FileLock tryLock(long offset, long length, boolean isShared) throws IOException {
        return file.tryLock(offset, length, isShared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }
}
