package io.azekura.persistence.drive;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs a {@link DamageCampaign} and says what it showed. Ends with 1 when an answer was wrong or a damage was not seen.
 *
 * <pre>
 * --seed N       of everything that is drawn, 1 unless set
 * --stride N     flips every Nth bit of one object, 1 unless set
 * --in-use N     damages under an open drive, 8000 unless set
 * --at-rest N    damages of a closed one, 3000 unless set
 * --directory D  for the drive, about 20 MiB; a temporary one unless set
 * </pre>
 */
public final class DamageMain {
    private static final int FAILURES_SHOWN = 50;

    private DamageMain() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, String> options = new HashMap<>(
                Map.of("--seed", "1", "--stride", "1", "--in-use", "8000", "--at-rest", "3000", "--directory", ""));
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            if (options.replace(arguments[i], arguments[i + 1]) == null) {
                throw new IllegalArgumentException("no option " + arguments[i]);
            }
        }
        String parent = options.get("--directory");
        Path root = parent == null || parent.isEmpty()
                ? Files.createTempDirectory("damage")
                : Files.createTempDirectory(Path.of(parent), "damage");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<String> failures;
        try {
            DamageCampaign.silence();
            long begun = System.nanoTime();
            DamageCampaign campaign =
                    new DamageCampaign(DamageVictim.create(root), Long.parseLong(options.get("--seed")));
            campaign.everyBit(Integer.parseInt(options.get("--stride")));
            out.println("every bit done in " + (System.nanoTime() - begun) / 1_000_000_000L + " s");
            campaign.inUse(Integer.parseInt(options.get("--in-use")));
            out.println("in use done in " + (System.nanoTime() - begun) / 1_000_000_000L + " s");
            campaign.atRest(Integer.parseInt(options.get("--at-rest")));
            campaign.figures().forEach((kind, figures) -> out.println(kind + ": " + figures));
            failures = campaign.failures();
            failures.stream().limit(FAILURES_SHOWN).forEach(failure -> out.println("FAILED " + failure));
            out.println(failures.size() + " failures in " + (System.nanoTime() - begun) / 1_000_000_000L + " s");
        } finally {
            delete(root);
        }
        System.exit(failures.isEmpty() ? 0 : 1);
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
