package io.azekura.actors.object;

import io.azekura.persistence.CorruptException;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.drive.DriveStatus;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A drive that hangs or damages its shards on demand. While it hangs, shard files, shard reads, bodies and scans block,
 * and staged shards stay unanswered, until {@link #release}; rows are answered all the time.
 */
final class FaultyDrive implements Drive {
    private final Drive drive;
    private final AtomicInteger openReaders = new AtomicInteger();
    private final AtomicInteger shardBytesRead = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile boolean damaged;
    private volatile boolean refusingShards;

    FaultyDrive(Drive drive) {
        this.drive = drive;
    }

    void hang() {
        gate = new CountDownLatch(1);
    }

    void release() {
        gate.countDown();
    }

    /** Makes every read of a shard scribble on its target and then fail its checksum. */
    void damageShards() {
        damaged = true;
    }

    /** Makes staging and creating shards fail, while rows are taken. */
    void refuseShards() {
        refusingShards = true;
    }

    int openReaders() {
        return openReaders.get();
    }

    int shardBytesRead() {
        return shardBytesRead.get();
    }

    private void await() throws IOException {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public DriveId id() {
        return drive.id();
    }

    @Override
    public ReadReply read(RegisterKey key) {
        return drive.read(key);
    }

    @Override
    public CompletionStage<PrepareReply> prepare(Prepare prepare) {
        return drive.prepare(prepare);
    }

    @Override
    public CompletionStage<AcceptReply> accept(Accept accept) {
        return drive.accept(accept);
    }

    @Override
    public void settle(RegisterKey key, Ballot ballot) {
        drive.settle(key, ballot);
    }

    @Override
    public CompletionStage<Void> stage(DataId id, int shard, ByteBuffer bytes) {
        if (refusingShards) {
            return CompletableFuture.failedStage(new IOException("refuses shards"));
        }
        if (gate.getCount() > 0) {
            return new CompletableFuture<>();
        }
        return drive.stage(id, shard, bytes);
    }

    @Override
    public ShardWriter create(DataId id, int shard, long lengthMax) throws IOException {
        if (refusingShards) {
            throw new IOException("refuses shards");
        }
        await();
        ShardWriter writer = drive.create(id, shard, lengthMax);
        return new ShardWriter() {
            @Override
            public void append(ByteBuffer bytes) throws IOException {
                await();
                writer.append(bytes);
            }

            @Override
            public void finish() throws IOException {
                await();
                writer.finish();
            }

            @Override
            public void abort() {
                writer.abort();
            }
        };
    }

    @Override
    public void discard(DataId id) {
        drive.discard(id);
    }

    @Override
    public void discardUnclaimed() {
        drive.discardUnclaimed();
    }

    @Override
    public List<RegisterKey> unsettled(Duration olderThan) {
        return drive.unsettled(olderThan);
    }

    @Override
    public ShardReader open(RegisterKey key, DataId id, int shard) throws IOException {
        ShardReader reader = drive.open(key, id, shard);
        openReaders.incrementAndGet();
        return new ShardReader() {
            @Override
            public void read(long offset, ByteBuffer target) throws IOException {
                await();
                shardBytesRead.addAndGet(target.remaining());
                if (damaged) {
                    target.put((byte) 0x5A);
                    throw new CorruptException("shard", offset, "its checksum", "another");
                }
                reader.read(offset, target);
            }

            @Override
            public void close() {
                openReaders.decrementAndGet();
                reader.close();
            }
        };
    }

    @Override
    public Bytes readWhole(RegisterKey key, DataId id) throws IOException {
        await();
        if (damaged) {
            throw new CorruptException("log", 0, "its checksum", "another");
        }
        return drive.readWhole(key, id);
    }

    @Override
    public RowCursor scan(long space, Bytes from) throws IOException {
        await();
        return drive.scan(space, from);
    }

    @Override
    public CompletionStage<Void> fence(long space, long configVersion, boolean closed) {
        return drive.fence(space, configVersion, closed);
    }

    @Override
    public DriveStatus status() {
        return drive.status();
    }
}
