package io.azekura.persistence.drive;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a run of operations consists of: how often which comes, how long a session is, and how it ends.
 *
 * @param width operations in flight at once
 * @param callsBeforeKill a session that is killed makes at most so many changes and syncs
 * @param isMounted whether the drive is found by its superblock, or by its place alone
 */
record CrashProtocol(
        String name,
        Map<Kind, Integer> weights,
        int sessions,
        int operations,
        int width,
        int killPercent,
        int callsBeforeKill,
        int bodyBytesMax,
        int fileBytesMax,
        boolean isMounted) {
    enum Kind {
        WHOLE,
        TOMBSTONE,
        INLINE,
        FILE,
        STAGE,
        STAGE_FILE,
        ABORT,
        CLAIM,
        DISCARD,
        SETTLE,
        FENCE,
        PREPARE,
        SNAPSHOT
    }

    private static final int KIB = 1024;

    static final List<CrashProtocol> ALL = List.of(
            protocol("rows", "WHOLE 6 TOMBSTONE 2 SETTLE 4 PREPARE 1 SNAPSHOT 1", 2, 25, 1, 30, 6 * KIB, KIB, false),
            protocol(
                    "shards in the log",
                    "INLINE 6 STAGE 2 CLAIM 1 DISCARD 1 SETTLE 4",
                    2,
                    20,
                    1,
                    30,
                    24 * KIB,
                    KIB,
                    false),
            protocol(
                    "shard files",
                    "FILE 6 STAGE_FILE 2 ABORT 1 CLAIM 2 DISCARD 1 SETTLE 6",
                    3,
                    10,
                    1,
                    60,
                    KIB,
                    160 * KIB,
                    false),
            protocol("shard files found", "STAGE_FILE 3 CLAIM 3", 4, 6, 1, 80, KIB, 160 * KIB, false),
            protocol("long shard files", "FILE 3 SETTLE 2", 2, 3, 1, 60, KIB, 1200 * KIB, false),
            protocol("fences and promises", "FENCE 4 PREPARE 4 WHOLE 1", 3, 8, 1, 50, KIB, KIB, false),
            protocol("full segments", "WHOLE 2 INLINE 8 SETTLE 4", 3, 8, 1, 60, 400 * KIB, KIB, false),
            protocol("mounting", "WHOLE 1", 4, 1, 1, 50, KIB, KIB, true),
            protocol(
                    "everything at once",
                    "WHOLE 8 TOMBSTONE 1 INLINE 3 FILE 3 STAGE 1 STAGE_FILE 1 ABORT 1 CLAIM 1 DISCARD 1 SETTLE 8 FENCE"
                            + " 1 PREPARE 1 SNAPSHOT 1",
                    3,
                    30,
                    6,
                    50,
                    60 * KIB,
                    100 * KIB,
                    true));

    private static CrashProtocol protocol(
            String name,
            String weights,
            int sessions,
            int operations,
            int width,
            int killPercent,
            int bodyBytesMax,
            int fileBytesMax,
            boolean isMounted) {
        Map<Kind, Integer> ofKind = new EnumMap<>(Kind.class);
        String[] words = weights.split(" ", -1);
        for (int i = 0; i < words.length; i += 2) {
            ofKind.put(Kind.valueOf(words[i]), Integer.valueOf(words[i + 1]));
        }
        return new CrashProtocol(
                name,
                ofKind,
                sessions,
                operations,
                width,
                killPercent,
                6 * operations + 20,
                bodyBytesMax,
                fileBytesMax,
                isMounted);
    }

    Kind draw(Random random) {
        int left = random.nextInt(
                weights.values().stream().mapToInt(Integer::intValue).sum());
        for (Map.Entry<Kind, Integer> weight : weights.entrySet()) {
            left -= weight.getValue();
            if (left < 0) {
                return weight.getKey();
            }
        }
        throw new IllegalStateException("weights that do not add up");
    }
}
