package io.azekura.persistence.drive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Plays many sequences against the model, and makes short what fails.
 *
 * <pre>
 * --seeds FROM..TO   which, 1..10000 unless set
 * --seconds MAX      begins no sequence after so long
 * </pre>
 */
public final class DriveModelMain {
    static final int STEPS = 60;

    private DriveModelMain() {}

    public static void main(String[] arguments) throws IOException {
        long from = 1;
        long to = 10_000;
        long secondsMax = Long.MAX_VALUE;
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            String value = arguments[i + 1];
            if (arguments[i].equals("--seeds")) {
                int dots = value.indexOf("..");
                from = Long.parseLong(dots < 0 ? value : value.substring(0, dots));
                to = dots < 0 ? from : Long.parseLong(value.substring(dots + 2));
            } else if (arguments[i].equals("--seconds")) {
                secondsMax = Long.parseLong(value);
            } else {
                throw new IllegalArgumentException("no option " + arguments[i]);
            }
        }
        System.exit(play(from, to, secondsMax) ? 0 : 1);
    }

    private static boolean play(long from, long to, long secondsMax) throws IOException {
        Path root = Files.createTempDirectory("azekura-drive-model");
        long begunNanos = System.nanoTime();
        long played = 0;
        long failed = 0;
        for (long seed = from; seed <= to && seconds(begunNanos) < secondsMax; seed++) {
            played++;
            List<DriveSequence.Step> steps = DriveSequence.of(seed, STEPS);
            Throwable wrong = DriveSequence.play(root.resolve("run"), steps);
            if (wrong != null) {
                failed++;
                tell(root, seed, steps, wrong);
            }
        }
        DriveSequence.deleteTree(root);
        System.out.printf(
                Locale.ROOT,
                "%d sequences of %d steps, %d failures in %.1f s%n",
                played,
                STEPS,
                failed,
                seconds(begunNanos));
        return failed == 0;
    }

    private static void tell(Path root, long seed, List<DriveSequence.Step> steps, Throwable wrong) throws IOException {
        System.out.println("seed " + seed + ": " + wrong);
        List<DriveSequence.Step> fewer = DriveSequence.shrink(root.resolve("shrink"), steps);
        fewer.forEach(step -> System.out.println("    " + step));
        @Nullable Throwable still = DriveSequence.play(root.resolve("shrink"), fewer);
        if (still != null) {
            still.printStackTrace(System.out);
        }
    }

    private static double seconds(long begunNanos) {
        return (System.nanoTime() - begunNanos) / 1e9;
    }
}
