package io.azekura.persistence.drive;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.RegisterKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A {@link WriterProcess} as its parent sees it: begun, listened to, and ended in whatever way. */
final class RunningWriter implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;
    private final Acknowledged acknowledged;
    private boolean hasEnded;

    /** Returns when the process is ready to begin. */
    RunningWriter(Path directory, long round, Acknowledged acknowledged) throws IOException {
        this.acknowledged = acknowledged;
        this.process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=/dev/null",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WriterProcess.class.getName(),
                        directory.toString(),
                        String.valueOf(round))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String line = lines.readLine();
        while (!WriterProcess.READY.equals(line)) {
            if (line == null) {
                throw new IOException("the writer did not start");
            }
            line = lines.readLine();
        }
    }

    long pid() {
        return process.pid();
    }

    void begin() throws IOException {
        OutputStream input = process.getOutputStream();
        input.write('\n');
        input.flush();
    }

    /** Listens to so many acknowledgements; false if the process ended before. */
    boolean listen(int acknowledgements) throws IOException {
        for (int i = 0; i < acknowledgements; i++) {
            String line = lines.readLine();
            if (line == null) {
                hasEnded = true;
                return false;
            }
            acknowledged.remember(line);
        }
        return true;
    }

    /** Kills the process if it has not ended, and listens to what it said before that. */
    void kill() throws IOException, InterruptedException {
        // Through the handle, as the process itself would close the stream before it is read to its end.
        process.toHandle().destroyForcibly();
        List<String> rest = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            rest.add(line);
        }
        // The kill may have cut the last line.
        for (String line : rest.subList(0, Math.max(0, rest.size() - 1))) {
            acknowledged.remember(line);
        }
        process.waitFor();
        hasEnded = true;
    }

    @Override
    public void close() throws IOException {
        if (!hasEnded) {
            process.toHandle().destroyForcibly();
        }
        lines.close();
    }

    /** What writers of one drive were told is accepted: the highest ballot counter of each key. */
    static final class Acknowledged {
        private final Map<Integer, Long> counters = new TreeMap<>();
        private long total;

        void remember(String line) {
            String[] words = line.split(" ", -1);
            // Other lines are of the process's logger.
            if (words[0].equals(WriterProcess.ACCEPTED)) {
                counters.merge(Integer.valueOf(words[1]), Long.valueOf(words[2]), Math::max);
                total++;
            }
        }

        int keys() {
            return counters.size();
        }

        /** Acknowledgements ever, of all drives. */
        long total() {
            return total;
        }

        /** A new drive begins. */
        void forget() {
            counters.clear();
        }

        /** Checks that the drive has all of it, with the right bytes. */
        void requireAllIn(Drive drive) throws IOException {
            for (Map.Entry<Integer, Long> entry : counters.entrySet()) {
                RegisterKey key = Samples.key("key" + entry.getKey());
                if (!(drive.read(key) instanceof Found found)
                        || found.row().accepted().counter() < entry.getValue()) {
                    throw new AssertionError("an accepted row was lost: " + key + " at " + entry.getValue()
                            + ", there is " + drive.read(key));
                }
                requireBytes(drive, key, found.row().state().content());
            }
        }

        private static void requireBytes(Drive drive, RegisterKey key, Content content) throws IOException {
            if (content instanceof Content.Whole whole) {
                Bytes expected = Samples.bytes(whole.id().sequence(), whole.length());
                requireSame(expected, drive.readWhole(key, whole.id()), key);
            } else if (content instanceof Content.Sharded sharded) {
                try (Drive.ShardReader reader = drive.open(key, sharded.id(), 0)) {
                    int length = WriterProcess.shardLength(sharded.id());
                    Bytes expected = Samples.bytes(sharded.id().sequence(), length);
                    requireSame(expected, Samples.read(reader, 0, length), key);
                }
            }
        }

        private static void requireSame(Bytes expected, Bytes found, RegisterKey key) {
            if (!expected.equals(found)) {
                throw new AssertionError("wrong bytes of " + key);
            }
        }
    }
}
