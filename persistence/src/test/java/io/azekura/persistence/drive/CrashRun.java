package io.azekura.persistence.drive;

import io.azekura.persistence.drive.crash.CrashStates;
import io.azekura.persistence.drive.crash.DiskCall;
import io.azekura.persistence.drive.crash.DiskImage;
import io.azekura.persistence.drive.crash.RecordedDisk;
import io.azekura.persistence.drive.crash.StateDirectory;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Slot;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Records one protocol, opens the drive in every state that a power cut could have left, and judges it. Then one of the
 * states of the last moment is where the next recording begins, so that the power is cut again and again. One thread.
 */
final class CrashRun {
    private static final int SESSIONS_AFTER_CUT = 2;
    private static final int OPENED_TWICE_ONE_IN = 3;
    private static final int SHARD_DIRECTORIES = 256;

    private final CrashProtocol protocol;
    private final long seed;
    private final Random random;
    private final Path work;
    private final UnaryOperator<List<DiskCall>> fault;
    private final CrashHistory history = new CrashHistory();
    private final StateDirectory states;
    private final Result result = new Result();

    /** What was seen so far. */
    static final class Result {
        long states;
        long openings;
        long nanosMax;
        long nanos;
        int calls;
        final List<String> failures = new ArrayList<>();
    }

    /**
     * A run.
     *
     * @param fault changes the recording as if a faulty drive had made it
     */
    CrashRun(CrashProtocol protocol, long seed, Path work, UnaryOperator<List<DiskCall>> fault) {
        this.protocol = protocol;
        this.seed = seed;
        this.random = new Random(seed * 31 + protocol.name().hashCode());
        this.work = work;
        this.states = new StateDirectory(work.resolve("state"), DriveRecovery.SHARDS, SHARD_DIRECTORIES);
        this.fault = fault;
    }

    /** Records and judges; begins no state when {@code isOver} says so, and ends at the first failure. */
    Result play(int cuts, CrashStates.Sampling sampling, BooleanSupplier isOver) throws Exception {
        try {
            playAll(cuts, sampling, isOver);
        } catch (AssertionError | IOException e) {
            failed("while it was recorded", e);
        } finally {
            DiskImage.delete(work);
        }
        return result;
    }

    private void playAll(int cuts, CrashStates.Sampling sampling, BooleanSupplier isOver) throws Exception {
        DiskImage base = DiskImage.empty();
        BitSet submitted = new BitSet();
        BitSet acknowledged = new BitSet();
        long session = 0;
        for (int cut = 0; cut <= cuts && result.failures.isEmpty() && !isOver.getAsBoolean(); cut++) {
            int sessions = cut == 0 ? protocol.sessions() : SESSIONS_AFTER_CUT;
            List<DiskCall> calls = fault.apply(record(base, acknowledged, session, sessions, cut < cuts));
            result.calls += calls.size();
            session += sessions;
            new CrashStates(base, submitted, acknowledged, sampling, random).visit(calls, state -> {
                if (isOver.getAsBoolean()) {
                    return false;
                }
                judge(state);
                return result.failures.isEmpty();
            });
            List<DiskImage> ends = new ArrayList<>();
            new CrashStates(base, submitted, acknowledged, sampling, random)
                    .visitEnd(calls, state -> ends.add(state.image()));
            base = ends.get(random.nextInt(ends.size()));
            for (DiskCall call : calls) {
                if (call instanceof DiskCall.Submitted mark) {
                    submitted.set(mark.operation());
                } else if (call instanceof DiskCall.Acknowledged mark) {
                    acknowledged.set(mark.operation());
                }
            }
        }
    }

    private List<DiskCall> record(DiskImage base, BitSet acknowledged, long session, int sessions, boolean endsKilled)
            throws IOException {
        Path root = Files.createDirectories(work).resolve("recorded");
        try {
            base.writeTo(root);
            RecordedDisk disk = new RecordedDisk(root, base, name -> !name.startsWith(DriveRecovery.INDEX));
            new CrashScript(protocol, history, disk, new CrashDrive(protocol.isMounted(), random), acknowledged, random)
                    .run(session, sessions, endsKilled);
            return disk.calls();
        } finally {
            DiskImage.delete(root);
        }
    }

    private void judge(CrashStates.State state) throws IOException {
        CrashJudge judge = new CrashJudge(history, state.submitted(), state.acknowledged());
        Path root = states.root();
        List<IOException> faults = new ArrayList<>();
        result.states++;
        try {
            states.show(state.image());
            if (random.nextInt(OPENED_TWICE_ONE_IN) == 0) {
                Map<RegisterKey, Slot> first = open(root, judge, faults, false, judge.isNew());
                Map<RegisterKey, Slot> second = open(root, judge, faults, true, false);
                if (!first.equals(second)) {
                    throw new AssertionError("opened twice, it has " + first + " and then " + second);
                }
            } else {
                open(root, judge, faults, true, judge.isNew());
            }
            if (!faults.isEmpty()) {
                throw new AssertionError("the drive became faulty", faults.get(0));
            }
        } catch (IOException | AssertionError | RuntimeException e) {
            failed("after call " + state.point() + " with" + state.fates(), e);
        }
    }

    private void failed(String when, Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        result.failures.add(protocol.name() + ", seed " + seed + ", " + when + "\n" + trace);
    }

    private Map<RegisterKey, Slot> open(
            Path root, CrashJudge judge, List<IOException> faults, boolean isChanged, boolean isNew)
            throws IOException {
        CrashDrive drives = new CrashDrive(protocol.isMounted(), random);
        long begun = System.nanoTime();
        try {
            judge.identity(drives.mount(root, isNew));
            try (DriveEngine drive = drives.open(root, faults::add)) {
                long nanos = System.nanoTime() - begun;
                result.openings++;
                result.nanos += nanos;
                result.nanosMax = Math.max(result.nanosMax, nanos);
                Map<RegisterKey, Slot> slots = judge.slots(drive);
                if (isChanged) {
                    judge.requireUsable(drive);
                }
                return slots;
            }
        } finally {
            drives.unmount();
        }
    }
}
