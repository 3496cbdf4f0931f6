package io.azekura.persistence.drive.crash;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How files whose calls were not recorded are found after a crash: as at the latest snapshot or an earlier one, absent, or with
 * one file missing or cut short.
 */
final class SnapshotChoice {
    private SnapshotChoice() {}

    static SortedMap<String, byte[]> drawn(List<SortedMap<String, byte[]>> snapshots, Random random) {
        if (snapshots.isEmpty()) {
            return Collections.emptySortedMap();
        }
        SortedMap<String, byte[]> latest = snapshots.get(snapshots.size() - 1);
        SortedMap<String, byte[]> older = snapshots.get(random.nextInt(snapshots.size()));
        return switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> latest;
            case 4, 5 -> older;
            case 6 -> damaged(latest, random);
            default -> Collections.emptySortedMap();
        };
    }

    private static SortedMap<String, byte[]> damaged(SortedMap<String, byte[]> sound, Random random) {
        SortedMap<String, byte[]> files = new TreeMap<>(sound);
        List<String> names = List.copyOf(files.keySet());
        if (!names.isEmpty()) {
            String name = names.get(random.nextInt(names.size()));
            byte[] bytes = files.get(name);
            if (bytes != null && bytes.length > 0 && name.contains("MANIFEST")) {
                files.put(name, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
            } else {
                files.remove(name);
            }
        }
        return files;
    }
}
