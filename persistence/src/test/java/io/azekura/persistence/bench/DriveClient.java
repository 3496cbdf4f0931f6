package io.azekura.persistence.bench;

import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.drive.DriveEngine;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.drive.DriveSettings;
import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.Checksum;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.model.ObjectRecord;
import io.azekura.persistence.model.ObjectRecordFormat;
import io.azekura.persistence.register.AppliedOperation;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.History;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;

/**
 * Does to one drive what the requests of clients do to it: a PUT prepares, stages its shard if it has one, accepts and
 * settles; a GET reads the row and the bytes; a HEAD the row; a page some rows in order. Objects are numbered from 0, their
 * keys are in no order.
 */
final class DriveClient implements AutoCloseable {
    /** One object with its key, as a drive keeps it. */
    static final int WHOLE_BYTES = 4096;

    static final int PAGE_ROWS = 1000;

    private static final DriveId ID = new DriveId(new UUID(0x00112233_44556677L, 0x88990011_22334455L));
    private static final long SPACE = 0x7700AB;
    private static final int IN_FLIGHT = 64;
    private static final int CLIENT_THREADS = 2;
    private static final long ODD_MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final int STRIDE = 7919;
    private static final long POOL_BYTES = 64L << 20;

    private final DriveEngine drive;
    private final int shardBytes;
    private final Bytes body;
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENT_THREADS, task -> {
        Thread thread = new Thread(task, "client");
        thread.setDaemon(true);
        return thread;
    });
    private final long process = System.nanoTime();
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicLong ballots;

    private DriveClient(DriveEngine drive, int shardBytes) {
        this.drive = drive;
        this.shardBytes = shardBytes;
        byte[] bytes = new byte[shardBytes == 0 ? WHOLE_BYTES : shardBytes];
        new Random(1).nextBytes(bytes);
        this.body = Bytes.wrap(bytes);
        // Above those of every earlier process, whose clock was behind this one.
        this.ballots = new AtomicLong(TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
    }

    static void create(Path directory) throws IOException {
        DriveEngine.create(directory, ID, DriveSettings.DEFAULTS);
    }

    /** Opens the drive. Objects are whole bodies of 4 KiB, or inline shards of {@code shardBytes} unless that is 0. */
    static DriveClient open(Path directory, int shardBytes) throws IOException {
        return new DriveClient(
                DriveEngine.open(directory, ID, DriveSettings.DEFAULTS, new AlignedBufferPool(POOL_BYTES), fault -> {}),
                shardBytes);
    }

    /** Bytes that a user stored with one object: key and body. */
    long userBytesPerObject() {
        return key(0).key().length() + (long) body.length();
    }

    /** The multiplier is that of Fibonacci hashing: odd, so that no two numbers have the same key. */
    static RegisterKey key(int number) {
        String hash = Integer.toHexString(number * 0x9E3779B9);
        return new RegisterKey(SPACE, Bytes.utf8("data/train/" + "0".repeat(8 - hash.length()) + hash + ".bin"));
    }

    /** The number of one of the objects, by steps that meet each of a power of ten before they meet one again. */
    static int spread(int first, int step, int objects) {
        return (int) ((first + (long) step * STRIDE) % objects);
    }

    /** Writes that many objects, {@code numberOf} names each, with 64 of them in flight. */
    void put(int count, IntUnaryOperator numberOf) throws InterruptedException {
        Puts puts = new Puts(count, numberOf);
        for (int i = 0; i < IN_FLIGHT; i++) {
            clients.execute(puts::next);
        }
        puts.done.await();
        Throwable failure = puts.failure.get();
        if (failure != null) {
            throw new IllegalStateException("a PUT failed", failure);
        }
    }

    private final class Puts {
        private final int count;
        private final IntUnaryOperator numberOf;
        private final AtomicInteger begun = new AtomicInteger();
        private final CountDownLatch done = new CountDownLatch(IN_FLIGHT);
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Puts(int count, IntUnaryOperator numberOf) {
            this.count = count;
            this.numberOf = numberOf;
        }

        void next() {
            int at = begun.getAndIncrement();
            if (at >= count || failure.get() != null) {
                done.countDown();
                return;
            }
            put(key(numberOf.applyAsInt(at)))
                    .whenCompleteAsync(
                            (nothing, problem) -> {
                                if (problem != null) {
                                    failure.accumulateAndGet(problem, (first, later) -> first == null ? later : first);
                                }
                                next();
                            },
                            clients);
        }
    }

    private CompletionStage<Void> put(RegisterKey key) {
        Ballot ballot = new Ballot(ballots.incrementAndGet(), process);
        DataId id = new DataId(process, sequence.incrementAndGet());
        CompletionStage<Void> staged = shardBytes == 0
                ? CompletableFuture.completedFuture(null)
                : drive.stage(id, 0, ByteBuffer.wrap(body.array()));
        return staged.thenCompose(ready -> drive.prepare(new Prepare(key, ballot)))
                .thenCompose(reply -> drive.accept(accept(key, ballot, id, reply)))
                .thenAccept(reply -> settle(key, ballot, reply));
    }

    private Accept accept(RegisterKey key, Ballot ballot, DataId id, PrepareReply reply) {
        if (!(reply instanceof Promised promised)) {
            throw new IllegalStateException("no promise: " + reply);
        }
        Row row = promised.row();
        List<AppliedOperation> applied =
                new ArrayList<>(row == null ? List.of() : row.state().applied());
        applied.add(new AppliedOperation(new OperationId(process, id.sequence()), ballot));
        List<AppliedOperation> last = applied.subList(Math.max(0, applied.size() - State.APPLIED_MAX), applied.size());
        Content content = shardBytes == 0
                ? new Content.Whole(id, body.length())
                : new Content.Sharded(id, 4L * shardBytes, 4, 2, 65_536, List.of(0, 1, 2, 3, 4, 5));
        State state = new State(
                State.Kind.LIVE, record(ballot.counter()), content, History.EMPTY, ballot.counter(), last, 1, 1);
        return new Accept(key, ballot, state, 0, shardBytes == 0 ? body : null);
    }

    private Bytes record(long time) {
        Checksum checksum = new Checksum(Checksum.Algorithm.CRC64NVME, Checksum.Type.FULL_OBJECT, "AAAAAAAAAAA=");
        return ObjectRecordFormat.encode(new ObjectRecord(
                time,
                body.length(),
                etag(time),
                Map.of("content-type", "application/octet-stream"),
                Map.of(),
                List.of(checksum)));
    }

    /** Different for every version and as hard to compress as an MD5. */
    private static String etag(long time) {
        long hash = time * ODD_MULTIPLIER;
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(hash ^ (hash >>> Integer.SIZE)) + hex.toHexDigits(Long.reverse(hash));
    }

    private void settle(RegisterKey key, Ballot ballot, AcceptReply reply) {
        if (!(reply instanceof Accepted)) {
            throw new IllegalStateException("not accepted: " + reply);
        }
        drive.settle(key, ballot);
    }

    /** The row of the object. */
    Row head(int number) {
        if (drive.read(key(number)) instanceof Found found) {
            return found.row();
        }
        throw new IllegalStateException("object " + number + " is missing");
    }

    /** The row of the object, and its bytes. */
    void get(int number) throws IOException {
        Content content = head(number).state().content();
        if (content instanceof Content.Whole whole) {
            requireBody(drive.readWhole(key(number), whole.id()));
        } else if (content instanceof Content.Sharded sharded) {
            try (Drive.ShardReader reader = drive.open(key(number), sharded.id(), 0)) {
                ByteBuffer target = ByteBuffer.allocate(body.length());
                reader.read(0, target);
                requireBody(Bytes.wrap(target.array()));
            }
        }
    }

    private void requireBody(Bytes read) {
        if (!read.equals(body)) {
            throw new IllegalStateException("an object has other bytes");
        }
    }

    /** Goes over a page of rows from the key on; returns how many there were. */
    int page(Bytes from) throws IOException {
        int rows = 0;
        try (Drive.RowCursor cursor = drive.scan(SPACE, from)) {
            while (rows < PAGE_ROWS && cursor.next()) {
                if (!cursor.slot().isSettled()) {
                    throw new IllegalStateException("an unsettled row");
                }
                rows++;
            }
        }
        return rows;
    }

    @Override
    public void close() throws IOException {
        clients.shutdown();
        drive.close();
    }
}
