package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes to a drive is killed at random moments; what it was told is accepted must be there. */
class DriveKillIT {
    private static final int KILLS = 5;
    private static final int KEYS = 200;
    private static final int WRITERS = 8;

    @TempDir
    Path temporary;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void nothingAcceptedIsLostWhenTheProcessIsKilled() throws Exception {
        DriveDirectory directory = DriveDirectory.create(temporary.resolve("drive"));
        Random random = new Random(20261123);
        Map<Integer, Long> acknowledged = new TreeMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            long round = 1L + kill;
            int acknowledgements = 200 + random.nextInt(3000);
            runAndKill(directory.path(), round, acknowledgements, acknowledged);
            try (DriveEngine drive = directory.open()) {
                for (Map.Entry<Integer, Long> entry : acknowledged.entrySet()) {
                    requireAtLeast(drive, entry.getKey(), entry.getValue());
                }
            }
        }
        assertTrue(acknowledged.size() > KEYS / 2, "too little was written to prove anything");
        assertEquals(List.of(), directory.faults());
    }

    private static void runAndKill(Path directory, long round, int acknowledgements, Map<Integer, Long> acknowledged)
            throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        directory.toString(),
                        String.valueOf(round))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (int i = 0; i < acknowledgements; i++) {
                String line = lines.readLine();
                assertTrue(line != null, "the writer ended by itself");
                remember(line, acknowledged);
            }
            // Through the handle, as the process itself would close the stream before it is read to its end.
            process.toHandle().destroyForcibly();
            // What was printed before the kill was acknowledged too, unless the kill cut the line.
            List<String> rest = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                rest.add(line);
            }
            for (String line : rest.subList(0, Math.max(0, rest.size() - 1))) {
                remember(line, acknowledged);
            }
        }
        process.waitFor();
    }

    private static void remember(String line, Map<Integer, Long> acknowledged) {
        // Other lines are of the process's logger.
        if (line.startsWith(Writer.ACCEPTED)) {
            String[] words = line.split(" ", -1);
            acknowledged.merge(Integer.valueOf(words[1]), Long.valueOf(words[2]), Math::max);
        }
    }

    private static void requireAtLeast(DriveEngine drive, int number, long counter) throws IOException {
        RegisterKey key = Samples.key("key" + number);
        Found found = assertInstanceOf(Found.class, drive.read(key));
        assertTrue(found.row().accepted().counter() >= counter, "an accepted row was lost");
        Content content = found.row().state().content();
        if (content instanceof Content.Whole whole) {
            assertEquals(Samples.bytes(whole.id().sequence(), whole.length()), drive.readWhole(key, whole.id()));
        } else if (content instanceof Content.Sharded sharded) {
            try (Drive.ShardReader reader = drive.open(key, sharded.id(), 0)) {
                int length = Writer.shardLength(sharded.id());
                assertEquals(Samples.bytes(sharded.id().sequence(), length), Samples.read(reader, 0, length));
            }
        }
    }

    /** Writes random keys for ever and prints each accepted one with its ballot counter. */
    static final class Writer {
        static final String ACCEPTED = "accepted";

        private Writer() {}

        public static void main(String[] arguments) throws Exception {
            long round = Long.parseLong(arguments[1]);
            try (DriveEngine drive = DriveDirectory.at(Path.of(arguments[0])).open()) {
                PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
                List<CompletableFuture<Void>> writers = new ArrayList<>();
                for (int writer = 0; writer < WRITERS; writer++) {
                    int number = writer;
                    writers.add(CompletableFuture.runAsync(
                            () -> write(drive, out, round, number), task -> new Thread(task, "writer").start()));
                }
                CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new))
                        .get();
            }
        }

        static int shardLength(DataId id) {
            return (int) (1 + id.sequence() * 7919 % 200_000);
        }

        /** Each writer has keys of its own, and ballots above every bound of the rounds before. */
        private static void write(DriveEngine drive, PrintStream out, long round, int writer) {
            Random random = new Random(round * WRITERS + writer);
            for (long i = 1; i < Integer.MAX_VALUE; i++) {
                int number = random.nextInt(KEYS / WRITERS) * WRITERS + writer;
                Ballot ballot = new Ballot((round << 32) + i, 1);
                DataId data = Samples.data((round << 40) + ((long) writer << 32) + i);
                try {
                    Accept accept = accept(drive, Samples.key("key" + number), ballot, data, random.nextInt(10));
                    if (Samples.await(drive.accept(accept)) instanceof Accepted) {
                        out.println(ACCEPTED + " " + number + " " + ballot.counter());
                        drive.settle(accept.key(), ballot);
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
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
}
