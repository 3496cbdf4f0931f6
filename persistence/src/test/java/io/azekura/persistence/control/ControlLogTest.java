package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.after;
import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.drives;
import static io.azekura.persistence.control.Drives.genesis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.control.ControlCommand.AddDrive;
import io.azekura.persistence.control.ControlCommand.Boot;
import io.azekura.persistence.control.ControlCommand.SetHolders;
import io.azekura.persistence.control.ControlLog.Added;
import io.azekura.persistence.control.ControlLog.Decision;
import io.azekura.persistence.control.ControlLog.Outcome;
import io.azekura.persistence.control.ControlLog.Refused;
import io.azekura.persistence.control.ControlLog.Unknown;
import io.azekura.persistence.control.ControlState.DriveEntry;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.MemoryRegisters;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.RegisterKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ControlLogTest {
    private static final int SEEDS = 300;

    /** Lists of holders with registers of their own, so that whoever asks the wrong holders finds nothing. */
    private static final class Store {
        private final Map<List<DriveId>, MemoryRegisters> registers = new HashMap<>();
        private final @Nullable Random random;
        private double unknown;
        private double unavailable;
        private long processes;

        private Store(@Nullable Random random) {
            this.random = random;
        }

        private MemoryRegisters on(List<DriveId> holders) {
            return registers.computeIfAbsent(holders, drives -> {
                MemoryRegisters fresh = new MemoryRegisters(random);
                fresh.faults(unknown, unavailable);
                return fresh;
            });
        }

        private ControlLog log() {
            long process = ++processes;
            long[] sequence = {0};
            return new ControlLog(genesis(), this::on, () -> new OperationId(process, ++sequence[0]));
        }

        private void run() {
            boolean isBusy = true;
            while (isBusy) {
                isBusy = false;
                for (MemoryRegisters one : List.copyOf(registers.values())) {
                    isBusy |= one.step();
                }
            }
        }

        /** All commands, read from the holders that each state names. */
        private List<ControlCommand> commands() throws Exception {
            List<ControlCommand> commands = new ArrayList<>();
            ControlState state = genesis();
            while (on(state.holders())
                    .state(ControlLog.key(state.version() + 1))
                    .isLive()) {
                Bytes value = on(state.holders())
                        .state(ControlLog.key(state.version() + 1))
                        .value();
                ControlCommand command = ControlFormat.decodeEntry(value).command();
                commands.add(command);
                state = after(state, command);
            }
            return commands;
        }

        private ControlState end() throws Exception {
            return after(genesis(), commands().toArray(ControlCommand[]::new));
        }
    }

    @Test
    void whatOneAddsTheOthersRead() throws Exception {
        Store store = new Store(null);
        ControlLog one = store.log();
        ControlLog other = store.log();
        Outcome outcome = now(one.add(state -> new Boot(drive(1), 0, 7)));
        assertEquals(new Added(after(genesis(), new Boot(drive(1), 0, 7))), outcome);
        assertEquals(genesis(), other.known());
        assertTrue(now(other.refresh()));
        assertEquals(one.known(), other.known());
        assertEquals(List.of(new Boot(drive(1), 0, 7)), store.commands());
    }

    @Test
    void whatTheStateDoesNotAllowIsNotWritten() throws Exception {
        Store store = new Store(null);
        assertInstanceOf(Refused.class, now(store.log().add(state -> new Boot(drive(1), 5, 7))));
        assertEquals(List.of(), store.commands());
    }

    @Test
    void nothingToDoIsDone() throws Exception {
        Store store = new Store(null);
        assertEquals(new Added(genesis()), now(store.log().add(state -> null)));
        assertEquals(List.of(), store.commands());
    }

    @Test
    void aDecisionIsMadeFromTheNewestState() throws Exception {
        Store store = new Store(null);
        now(store.log().add(state -> new Boot(drive(1), 0, 7)));
        now(store.log().add(state -> boot(state, 1, 8)));
        assertEquals(2, entry(store.end(), 1).boot());
    }

    @Test
    void laterEntriesLieOnTheHoldersThatWereSet() throws Exception {
        Store store = new Store(null);
        ControlLog log = store.log();
        now(log.add(state -> new SetHolders(drives(3, 4, 5))));
        now(log.add(state -> new Boot(drive(1), 0, 7)));
        assertEquals(1, store.on(drives(0, 1, 2)).all().size());
        assertEquals(1, store.on(drives(3, 4, 5)).all().size());
        ControlLog late = store.log();
        assertTrue(now(late.refresh()));
        assertEquals(log.known(), late.known());
    }

    @Test
    void aCopyNeverGoesBack() {
        ControlLog log = new Store(null).log();
        ControlState newer = after(genesis(), new Boot(drive(1), 0, 7));
        log.adopt(newer);
        assertEquals(newer, log.known());
        log.adopt(genesis());
        assertEquals(newer, log.known());
    }

    @Test
    void keysOfEntriesAreToldFromOthers() {
        assertTrue(ControlLog.isEntry(ControlLog.key(1)));
        assertTrue(ControlLog.isEntry(ControlLog.key(Long.MAX_VALUE)));
        assertFalse(ControlLog.isEntry(new RegisterKey(5, ControlLog.key(1).key())));
        assertFalse(ControlLog.isEntry(new RegisterKey(RegisterKey.SYSTEM, Bytes.utf8("b/"))));
        assertTrue(ControlLog.key(2).compareTo(ControlLog.key(300)) < 0);
    }

    @Test
    void whoeverIsAlwaysTooLateGivesUp() {
        Store store = new Store(null);
        ControlLog other = store.log();
        int[] added = {0};
        ControlLog log = store.log();
        Outcome outcome = now(log.add(state -> {
            now(other.add(newest -> new AddDrive(drive(1000 + added[0]++), "other")));
            return new AddDrive(drive(9), "mine");
        }));
        assertInstanceOf(Refused.class, outcome);
        assertTrue(added[0] >= 32 && added[0] < 100, () -> "after " + added[0]);
        assertFalse(log.known().isMember(drive(9)));
    }

    @Test
    void ofTwoMountsOfOneBootExactlyOneIsAdded() throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            Store store = new Store(new Random(seed));
            CompletableFuture<Outcome> one =
                    store.log().add(state -> new Boot(drive(1), 0, 7)).toCompletableFuture();
            CompletableFuture<Outcome> other =
                    store.log().add(state -> new Boot(drive(1), 0, 8)).toCompletableFuture();
            store.run();
            assertTrue(one.join() instanceof Added ^ other.join() instanceof Added, "seed " + seed);
            assertTrue(one.join() instanceof Refused ^ other.join() instanceof Refused, "seed " + seed);
            assertEquals(1, store.commands().size());
        }
    }

    @Test
    void additionsThatDoNotExcludeOneAnotherAreAllAddedOnce() throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            Store store = new Store(new Random(seed));
            List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
            List<ControlLog> logs = List.of(store.log(), store.log(), store.log());
            for (int i = 0; i < 9; i++) {
                int number = 10 + i;
                outcomes.add(logs.get(i % 3)
                        .add(state -> new AddDrive(drive(number), "node"))
                        .toCompletableFuture());
            }
            store.run();
            for (CompletableFuture<Outcome> outcome : outcomes) {
                assertInstanceOf(Added.class, outcome.join(), "seed " + seed);
            }
            assertEquals(9, store.commands().size(), "seed " + seed);
            for (ControlLog log : logs) {
                CompletableFuture<Boolean> refreshed = log.refresh().toCompletableFuture();
                store.run();
                assertTrue(refreshed.join());
                assertEquals(store.end(), log.known());
            }
        }
    }

    /** Mounts that repeat what ended unknown, until they know: each is entered exactly once. */
    @Test
    void whatEndedUnknownIsNeverAddedTwice() throws Exception {
        int unknowns = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Store store = new Store(new Random(seed));
            store.unknown = 0.4;
            store.unavailable = 0.15;
            List<Mounting> mounts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                mounts.add(new Mounting(store.log(), 1 + i, 70 + i));
            }
            mounts.forEach(Mounting::go);
            store.run();
            List<ControlCommand> commands = store.commands();
            for (Mounting mount : mounts) {
                assertInstanceOf(Added.class, mount.outcome, "seed " + seed);
                long entered = commands.stream()
                        .filter(one -> one instanceof Boot boot && boot.mount() == mount.name)
                        .count();
                assertEquals(1, entered, "seed " + seed);
                unknowns += mount.unknowns;
            }
            assertEquals(3, commands.size(), "seed " + seed);
            assertEquals(1, entry(store.end(), 1).boot());
        }
        assertTrue(unknowns > SEEDS, "next to nothing ended unknown: " + unknowns);
    }

    private static final class Mounting {
        private final ControlLog log;
        private final int drive;
        private final long name;
        private int unknowns;
        private @Nullable Outcome outcome;

        private Mounting(ControlLog log, int drive, long name) {
            this.log = log;
            this.drive = drive;
            this.name = name;
        }

        private void go() {
            Decision decision = state -> entry(state, drive).mount() == name ? null : boot(state, drive, name);
            log.add(decision).thenAccept(ended -> {
                outcome = ended;
                if (ended instanceof Unknown) {
                    unknowns++;
                    go();
                }
            });
        }
    }

    private static Boot boot(ControlState state, int drive, long mount) {
        return new Boot(drive(drive), entry(state, drive).boot(), mount);
    }

    private static DriveEntry entry(ControlState state, int drive) {
        return Objects.requireNonNull(state.drive(drive(drive)));
    }

    private static <T> T now(java.util.concurrent.CompletionStage<T> stage) {
        CompletableFuture<T> ended = stage.toCompletableFuture();
        assertTrue(ended.isDone());
        return ended.join();
    }
}
