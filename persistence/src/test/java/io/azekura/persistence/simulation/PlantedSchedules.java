package io.azekura.persistence.simulation;

import static io.azekura.persistence.simulation.PlantedBench.KEY;

import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.State;
import io.azekura.persistence.replica.Request;
import io.azekura.persistence.simulation.PlantedBench.Fate;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** Histories of one register, message by message, that break a promise if one rule is broken. Each tells whether. */
final class PlantedSchedules {
    private static final DataId OLD = new DataId(1, 1);
    static final DataId NEW = new DataId(1, 2);

    private PlantedSchedules() {}

    static Content.Sharded sharded(DataId id, int data, int all) {
        return new Content.Sharded(
                id, 10, data, all - data, 64, IntStream.range(0, all).boxed().toList());
    }

    static void stage(PlantedBench bench, DataId id, int... drives) {
        for (int drive : drives) {
            bench.ask(drive, new Request.Stage(KEY, id, drive, Bytes.utf8(id.toString())));
        }
    }

    private static long shards(PlantedBench bench, DataId id, int drives) {
        return IntStream.range(0, drives)
                .filter(drive -> bench.memory(drive).shard(id, drive) != null)
                .count();
    }

    static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    /** A write that only these drives hear of, and whose writer dies. */
    private static void abandoned(PlantedBench bench, String value, Integer... hearing) {
        bench.network((drive, request) -> request instanceof Request.Promise
                        || (request instanceof Request.Store && List.of(hearing).contains(drive))
                ? Fate.ARRIVES
                : Fate.LOST);
        bench.write(value);
        bench.calm();
        bench.nextProcess();
    }

    static List<Request> late(PlantedBench bench, String value) {
        return late(bench, Content.NONE, value);
    }

    static List<Request> late(PlantedBench bench, Content content, String value) {
        return bench.late(() -> bench.write(KEY, content, value));
    }

    // --- What is acknowledged can be read ---

    static boolean isAcknowledgedUnreadable(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 6);
        bench.reach(0, 1, 2, 3);
        stage(bench, NEW, 0, 1, 2, 3);
        return bench.write(KEY, sharded(NEW, 5, 6), "v") instanceof Applied && shards(bench, NEW, 6) < 5;
    }

    static boolean isAcknowledgedWithoutSpare(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.reach(0, 1, 2);
        stage(bench, NEW, 0, 1, 2);
        return bench.write(KEY, sharded(NEW, 3, 4), "v") instanceof Applied;
    }

    static boolean isAcceptedWithoutShard(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        stage(bench, NEW, 0);
        return bench.write(KEY, sharded(NEW, 2, 4), "v") instanceof Applied;
    }

    static boolean isNeitherReadable(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        stage(bench, OLD, 0, 1, 2, 3);
        bench.write(KEY, sharded(OLD, 3, 4), "v1");
        stage(bench, NEW, 0, 1);
        bench.write(KEY, sharded(NEW, 3, 4), "v2");
        return shards(bench, OLD, 4) < 3 && shards(bench, NEW, 4) < 3;
    }

    static boolean isMixedUp(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        stage(bench, OLD, 0, 1, 2, 3);
        bench.write(KEY, sharded(OLD, 2, 4), "v1");
        stage(bench, NEW, 0, 1, 2, 3);
        bench.write(KEY, sharded(NEW, 2, 4), "v2");
        Object reply = bench.ask(0, new Request.ReadShard(KEY, OLD, 0));
        Bytes bytes = reply instanceof Request.Shard shard ? shard.bytes() : null;
        return bytes != null && bytes.equals(Bytes.utf8(NEW.toString()));
    }

    // --- What one reader saw, the next one sees ---

    private static boolean isReadBack(PlantedBench bench, Integer... hearing) {
        bench.write("v1");
        abandoned(bench, "v2", hearing);
        bench.reach(0, 1);
        String first = bench.readValue();
        bench.reach(2, 3);
        return "v2".equals(first) && "v1".equals(bench.readValue());
    }

    static boolean isAgreedReadUndone(Variant variant) {
        return isReadBack(new PlantedBench(variant, 4), 0, 1);
    }

    static boolean isUnsettledReadUndone(Variant variant) {
        return isReadBack(new PlantedBench(variant, 4), 0);
    }

    static boolean isConfirmedUndone(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.write("v1");
        abandoned(bench, "v2", 0);
        bench.reach(0, 1, 2);
        String first = bench.confirmedValue();
        bench.reach(1, 2, 3);
        return "v2".equals(first) && "v1".equals(bench.confirmedValue());
    }

    static boolean isUnsettledListed(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.write("v1");
        abandoned(bench, "v2", 0);
        bench.reach(0, 1);
        return page(bench).contains("v2");
    }

    static boolean isMissedNotListed(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        bench.reach(1, 2, 3);
        bench.write("v1");
        bench.reachAll();
        return now(bench.variant().scan(bench, bench).page(new Scan.Range(KEY.space(), Bytes.EMPTY, Bytes.EMPTY, 9)))
                        instanceof Scan.Page
                && page(bench).isEmpty();
    }

    private static List<String> page(PlantedBench bench) {
        Scan.Range all = new Scan.Range(KEY.space(), Bytes.EMPTY, Bytes.EMPTY, 9);
        return now(bench.variant().scan(bench, bench).page(all)) instanceof Scan.Page page
                ? page.entries().stream()
                        .map(entry -> entry.state().value().utf8())
                        .toList()
                : List.of();
    }

    // --- A change happens once ---

    private static Change<String> adding(String letter) {
        return current ->
                new Change.Write<>(State.Kind.LIVE, Bytes.utf8(current.value().utf8() + letter), Content.NONE, null, 1);
    }

    /** Three drives take a change, one of them unheard; the fourth refuses after something else happened. */
    private static void retried(PlantedBench bench, Runnable meanwhile) {
        boolean[] isOver = new boolean[1];
        bench.network((drive, request) -> {
            if (isOver[0] || !(request instanceof Request.Store)) {
                return Fate.ARRIVES;
            }
            if (drive == 3) {
                isOver[0] = true;
                meanwhile.run();
            }
            return drive == 2 ? Fate.ANSWER_LOST : Fate.ARRIVES;
        });
        bench.propose(KEY, bench.nextOperation(), adding("x"));
        bench.calm();
    }

    static boolean isAppliedTwice(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        retried(bench, () -> bench.ask(3, new Request.Promise(new Prepare(KEY, new Ballot(1000, 99)))));
        return "xx".equals(bench.readValue());
    }

    static boolean isAppliedAgainAfterMany(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        retried(bench, () -> {
            bench.nextProcess();
            for (int i = 0; i <= State.APPLIED_MAX; i++) {
                bench.propose(KEY, bench.nextOperation(), adding("y"));
            }
        });
        String end = String.valueOf(bench.readValue());
        return end.indexOf('x') != end.lastIndexOf('x');
    }

    static boolean isAppliedAgainAfterCollection(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        retried(bench, () -> {
            bench.nextProcess();
            bench.delete();
            now(bench.variant().completion(bench, bench, key -> 0).complete(KEY));
        });
        return "x".equals(bench.readValue());
    }

    // --- Two proposers ---

    /** One proposer's accepts are late: they arrive when another's leave, after something else happened. */
    private static boolean isOverwritten(PlantedBench bench, Runnable meanwhile) {
        List<Request> late = late(bench, "v1");
        bench.nextProcess();
        int[] accepted = new int[1];
        boolean[] isOver = new boolean[1];
        bench.reach(1, 2, 3);
        bench.network((drive, request) -> {
            if (request instanceof Request.Store && !isOver[0]) {
                isOver[0] = true;
                meanwhile.run();
                bench.reachAll();
                for (int to = 0; to < 3; to++) {
                    accepted[0] += bench.ask(to, late.get(to)) instanceof Accepted ? 1 : 0;
                }
                bench.reach(1, 2, 3);
            }
            return Fate.ARRIVES;
        });
        ChangeOutcome<String> end = bench.propose(KEY, bench.nextOperation(), adding("+v2"));
        return accepted[0] == 3
                && end instanceof Applied<String> applied
                && applied.state().value().equals(Bytes.utf8("+v2"));
    }

    static boolean isPromiseBroken(Variant variant) {
        return isOverwritten(new PlantedBench(variant, 4), () -> {});
    }

    static boolean isPromiseForgottenByRestart(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        return isOverwritten(bench, () -> {
            bench.restart(1);
            bench.restart(2);
        });
    }

    static boolean isPromiseForgottenForOthers(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        return isOverwritten(bench, () -> {
            RegisterKey other = new RegisterKey(KEY.space(), Bytes.utf8("other"));
            bench.ask(1, new Request.Promise(new Prepare(other, new Ballot(1, 5))));
            bench.ask(2, new Request.Promise(new Prepare(other, new Ballot(1, 5))));
        });
    }

    static boolean isBallotShared(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 5);
        List<Request> late = late(bench, "v1");
        bench.nextProcess();
        boolean[] isOver = new boolean[1];
        bench.network((drive, request) -> {
            if (request instanceof Request.Store && !isOver[0]) {
                isOver[0] = true;
                bench.ask(3, late.get(3));
                bench.ask(4, late.get(4));
            }
            return request instanceof Request.Settle ? Fate.LOST : Fate.ARRIVES;
        });
        ChangeOutcome<String> end = bench.write("v2");
        bench.calm();
        bench.reach(2, 3, 4);
        return end instanceof Applied && "v1".equals(bench.readValue());
    }

    // --- Layouts, fences and clocks ---

    /** Whoever slept through a move reads the old set, whose drives know better, after the new one took a write. */
    static boolean isReadUnderAnOldLayout(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 5);
        List<Integer> roles = List.of(0, 1, 2, 0, 1);
        Quorum old = new Quorum(roles, List.of(0b00111), 0b00111);
        Quorum moved = new Quorum(roles, List.of(0b11100), 0b11100);
        bench.layout(1, old);
        bench.see(1);
        bench.write("v1");
        bench.layout(5, moved);
        bench.see(5);
        bench.reach(2, 3, 4);
        bench.write("v2");
        bench.layout(1, old);
        bench.reach(0, 1);
        return "v1".equals(bench.readValue());
    }

    private static boolean isWrittenBehind(Variant variant, Fence fence) {
        PlantedBench bench = new PlantedBench(variant, 4);
        for (int drive = 0; drive < 4; drive++) {
            bench.ask(drive, new Request.FenceSpace(0, KEY.space(), fence));
        }
        return bench.write("v1") instanceof Applied;
    }

    static boolean isClosedWritten(Variant variant) {
        return isWrittenBehind(variant, new Fence(5, true));
    }

    static boolean isWrittenAsConfiguredBefore(Variant variant) {
        return isWrittenBehind(variant, new Fence(5, false));
    }

    static boolean isWrittenFromTheFuture(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        long future = PlantedBench.WALL_MICROS + 3_600_000_000L;
        return bench.propose(
                        KEY,
                        bench.nextOperation(),
                        current -> new Change.Write<>(
                                State.Kind.LIVE, Bytes.utf8("v"), Content.NONE, null, List.of(), future, 1))
                instanceof Applied;
    }
}
