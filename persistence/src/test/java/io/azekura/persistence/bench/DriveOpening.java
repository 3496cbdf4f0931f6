package io.azekura.persistence.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Times the opening of a drive in a process of its own, up to the first answer, and kills a process that writes to one.
 * Its main is what these processes run.
 */
final class DriveOpening {
    private static final Path CACHES = Path.of("/proc/sys/vm/drop_caches");
    private static final String ANSWER = "drive-opening: ";
    private static final int BURST = 1000;

    private DriveOpening() {}

    /** {@code open DIRECTORY OBJECT SHARD_BYTES} or {@code write DIRECTORY OBJECTS SHARD_BYTES}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Path.of(arguments[1]);
        int number = Integer.parseInt(arguments[2]);
        int shardBytes = Integer.parseInt(arguments[3]);
        if (arguments[0].equals("open")) {
            ProcessCost start = ProcessCost.now();
            try (DriveClient client = DriveClient.open(directory, shardBytes)) {
                client.head(number);
                ProcessCost cost = ProcessCost.now().since(start);
                System.out.println(ANSWER + cost.clockNanos() + " " + cost.cpuNanos());
            }
        } else {
            writeForEver(directory, number, shardBytes);
        }
    }

    private static void writeForEver(Path directory, int objects, int shardBytes)
            throws IOException, InterruptedException {
        int first = new Random().nextInt(objects);
        try (DriveClient client = DriveClient.open(directory, shardBytes)) {
            for (int written = BURST; ; written += BURST) {
                int before = written - BURST;
                client.put(BURST, at -> DriveClient.spread(first, before + at, objects));
                System.out.println(ANSWER + written);
            }
        }
    }

    /** What it costs from the call of open to the first answer, in a new process. */
    static ProcessCost measure(Path directory, int number, int shardBytes) throws IOException, InterruptedException {
        Process process = start("open", directory, number, shardBytes);
        try (BufferedReader reader = reader(process)) {
            String[] nanos = answer(reader).split(" ", 2);
            if (process.waitFor() != 0) {
                throw new IOException("the process that opened the drive failed");
            }
            return new ProcessCost(Long.parseLong(nanos[0]), Long.parseLong(nanos[1]), 0);
        }
    }

    /** Has another process overwrite random ones of the objects, and kills it (SIGKILL) while it does. */
    static void killWriter(Path directory, int objects, int shardBytes, int writes)
            throws IOException, InterruptedException {
        Process process = start("write", directory, objects, shardBytes);
        try (BufferedReader reader = reader(process)) {
            long written = 0;
            while (written < writes) {
                written = Long.parseLong(answer(reader));
            }
            process.destroyForcibly().waitFor();
        }
    }

    /** Empties the page cache, if this process may; says whether. */
    static boolean dropCaches() {
        try {
            Files.writeString(CACHES, "3");
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** The next line that is meant for the parent, and no word of a logger. */
    private static String answer(BufferedReader reader) throws IOException {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith(ANSWER)) {
                return line.substring(ANSWER.length());
            }
        }
        throw new IOException("a process that uses the drive failed");
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static Process start(String what, Path directory, int number, int shardBytes) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DriveOpening.class.getName(), what));
        command.addAll(List.of(directory.toString(), number(number), number(shardBytes)));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String number(int number) {
        return String.format(Locale.ROOT, "%d", number);
    }
}
