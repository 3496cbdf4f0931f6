package io.azekura.persistence.drive;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * A process that opens a drive, writes random keys until it is ended or the drive fails, and prints each accepted one with
 * its ballot counter. Begins when it is sent a line.
 */
final class WriterProcess {
    static final String READY = "ready";
    static final String ACCEPTED = "accepted";
    static final int KEYS = 200;

    private static final int WRITERS = 8;

    private WriterProcess() {}

    /** Takes the directory and the number of the round. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        out.println(READY);
        if (System.in.read() < 0) {
            return;
        }
        long round = Long.parseLong(arguments[1]);
        try (DriveEngine drive = DriveDirectory.at(Path.of(arguments[0])).open()) {
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                writers.add(CompletableFuture.runAsync(
                        () -> write(drive, out, round, number), task -> new Thread(task, "writer").start()));
            }
            CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).get();
        }
    }

    static int shardLength(DataId id) {
        return (int) (1 + id.sequence() * 7919 % 200_000);
    }

    /** Each writer has keys of its own, and ballots above every bound of the rounds before. */
    private static void write(DriveEngine drive, PrintStream out, long round, int writer) {
        Random random = new Random(round * WRITERS + writer);
        boolean isOnline = true;
        for (long i = 1; isOnline; i++) {
            int number = random.nextInt(KEYS / WRITERS) * WRITERS + writer;
            Ballot ballot = new Ballot((round << 32) + i, 1);
            DataId data = Samples.data((round << 40) + ((long) writer << 32) + i);
            try {
                Accept accept = accept(drive, Samples.key("key" + number), ballot, data, random.nextInt(10));
                isOnline = Samples.await(drive.accept(accept)) instanceof Accepted;
                if (isOnline) {
                    out.println(ACCEPTED + " " + number + " " + ballot.counter());
                    drive.settle(accept.key(), ballot);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Accept accept(DriveEngine drive, RegisterKey key, Ballot ballot, DataId data, int kind)
            throws IOException {
        long marker = ballot.counter();
        if (kind < 6) {
            Bytes body = Samples.bytes(data.sequence(), 4096);
            return new Accept(key, ballot, Samples.live(Samples.whole(data, body), marker), 0, body);
        }
        if (kind == 6) {
            return new Accept(key, ballot, Samples.tombstone(marker), 0, null);
        }
        Bytes shard = Samples.bytes(data.sequence(), shardLength(data));
        if (kind == 7) {
            Samples.write(drive, data, 0, shard);
        } else {
            Samples.await(drive.stage(data, 0, shard.buffer()));
        }
        State state = Samples.live(Samples.sharded(data, List.of(0, 1, 2, 3)), marker);
        return new Accept(key, ballot, state, 0, null);
    }
}
