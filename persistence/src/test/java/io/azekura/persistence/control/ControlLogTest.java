package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.after;
import static io.azekura.persistence.control.Drives.drive;
import static io.azekura.persistence.control.Drives.drives;
import static io.azekura.persistence.control.Drives.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.control.ControlCommand.AddDrive;
import io.azekura.persistence.control.ControlCommand.Boot;
import io.azekura.persistence.control.ControlCommand.SetHolders;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Proposer;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ControlLogTest {
    private final MemoryHolders holders = new MemoryHolders(1);

    @Test
    void entriesAreReadToTheEnd() {
        ControlLog writer = log(holders, 1);
        for (int boot = 0; boot < 10_000; boot++) {
            int from = boot;
            added(writer.add(state -> new Boot(drive(0), from, 0)));
        }
        ControlLog reader = log(holders, 2);
        assertEquals(1, reader.known().version());
        assertTrue(now(reader.refresh()));
        assertEquals(writer.known(), reader.known());
        assertEquals(10_001, reader.known().version());
    }

    @Test
    void eachEntryLiesOnTheHoldersOfTheStateBeforeIt() {
        ControlLog writer = log(holders, 1);
        added(writer.add(state -> new SetHolders(drives(2, 3, 4))));
        added(writer.add(state -> new Boot(drive(0), 0, 7)));
        added(writer.add(state -> new SetHolders(drives(0, 1, 2))));
        added(writer.add(state -> new Boot(drive(1), 0, 7)));
        assertTrue(isThere(holders.on(drives(0, 1, 2)), 2));
        assertTrue(isThere(holders.on(drives(2, 3, 4)), 3));
        assertTrue(isThere(holders.on(drives(2, 3, 4)), 4));
        assertTrue(isThere(holders.on(drives(0, 1, 2)), 5));
        assertEquals(4, holders.entries());
        ControlLog reader = log(holders, 2);
        assertTrue(now(reader.refresh()));
        assertEquals(writer.known(), reader.known());
    }

    @Test
    void refusalAndNothingToDoAddNoEntry() {
        ControlLog log = log(holders, 1);
        assertInstanceOf(ControlLog.Refused.class, now(log.add(state -> new Boot(drive(0), 5, 7))));
        assertInstanceOf(ControlLog.Added.class, now(log.add(state -> null)));
        assertEquals(0, holders.entries());
    }

    @Test
    void decisionIsMadeAnewWhenAnotherEntryComesFirst() {
        ControlLog first = log(holders, 1);
        ControlLog second = log(holders, 2);
        holders.isConcurrent = true;
        CompletionStage<ControlLog.Outcome> one = first.add(state -> nextBoot(state, 0));
        CompletionStage<ControlLog.Outcome> other = second.add(state -> nextBoot(state, 0));
        holders.run();
        added(one);
        added(other);
        assertEquals(2, holders.entries());
        ControlLog.Outcome boot = settled(first.add(state -> nextBoot(state, 0)));
        assertEquals(3, bootOf(assertInstanceOf(ControlLog.Added.class, boot).state(), 0));
    }

    @Test
    void ofTwoMountsWithOneBootNumberExactlyOneWins() {
        for (int seed = 0; seed < 200; seed++) {
            MemoryHolders registers = new MemoryHolders(seed);
            registers.isConcurrent = true;
            CompletableFuture<ControlLog.Outcome> one = boot(registers, 1);
            CompletableFuture<ControlLog.Outcome> other = boot(registers, 2);
            registers.run();
            boolean isOne = one.join() instanceof ControlLog.Added;
            boolean isOther = other.join() instanceof ControlLog.Added;
            assertTrue(isOne ^ isOther, "seed " + seed);
        }
    }

    @Test
    void onlyNewerCopiesAreAdopted() {
        ControlLog log = log(holders, 1);
        ControlState newer = after(state(5, 3), new Boot(drive(0), 0, 7), new Boot(drive(1), 0, 7));
        log.adopt(newer);
        assertEquals(newer, log.known());
        log.adopt(after(state(5, 3), new Boot(drive(2), 0, 7)));
        assertEquals(newer, log.known());
    }

    @Test
    void withoutHoldersNothingIsAddedAndTheEndIsNotKnown() {
        holders.unavailablePerMille = 1000;
        ControlLog log = log(holders, 1);
        assertFalse(now(log.refresh()));
        assertInstanceOf(ControlLog.Unavailable.class, now(log.add(state -> new Boot(drive(0), 0, 7))));
        assertEquals(0, holders.entries());
    }

    @Test
    void entryOfUnknownFateIsFoundByItsAuthor() {
        int unknown = 0;
        for (int seed = 0; seed < 500; seed++) {
            MemoryHolders registers = new MemoryHolders(seed);
            registers.unknownPerMille = 700;
            ControlLog log = log(registers, 1);
            ControlLog.Outcome outcome = now(log.add(state -> nextBoot(state, 0)));
            registers.unknownPerMille = 0;
            assertTrue(now(log.refresh()));
            if (outcome instanceof ControlLog.Added) {
                assertEquals(1, bootOf(log.known(), 0), "seed " + seed);
            } else {
                assertInstanceOf(ControlLog.Unknown.class, outcome);
                unknown++;
            }
            assertTrue(registers.entries() <= 1, "seed " + seed);
        }
        assertTrue(unknown > 0 && unknown < 250, unknown + " of 500 unknown");
    }

    /** A proposer that meets a newer layout may have sent an accept before; only without one is nothing there. */
    @Test
    void layoutThatChangedAfterAnAcceptLeavesTheEntryUnknown() {
        assertInstanceOf(ControlLog.Unknown.class, now(layoutChanges(new Ballot(3, 1))));
        assertInstanceOf(ControlLog.Unavailable.class, now(layoutChanges(null)));
    }

    private static CompletionStage<ControlLog.Outcome> layoutChanges(@Nullable Ballot lastAccept) {
        Register changing = new Register() {
            @Override
            public CompletionStage<ReadOutcome> read(RegisterKey key) {
                return CompletableFuture.completedStage(new Value(Ballot.ZERO, State.ABSENT));
            }

            @Override
            public <R> CompletionStage<ChangeOutcome<R>> change(
                    RegisterKey key, OperationId operation, Change<R> change) {
                return CompletableFuture.completedStage(new Proposer.LayoutChanged<>(9, lastAccept));
            }
        };
        return new ControlLog(state(5, 3), drives -> changing, () -> new OperationId(1, 1))
                .add(state -> new Boot(drive(0), 0, 7));
    }

    /** Every add is there exactly once if it is said to be added, never if refused, and at most once if unknown. */
    @Test
    void racesAndUnknownOutcomesAddNothingTwice() {
        for (int seed = 0; seed < 300; seed++) {
            MemoryHolders registers = new MemoryHolders(seed);
            registers.isConcurrent = true;
            registers.unknownPerMille = 300;
            registers.unavailablePerMille = 30;
            List<CompletableFuture<ControlLog.Outcome>> outcomes = new ArrayList<>();
            List<ControlLog> logs = new ArrayList<>();
            for (int process = 0; process < 4; process++) {
                ControlLog log = log(registers, process);
                logs.add(log);
                for (int i = 0; i < 3; i++) {
                    outcomes.add(log.add(state -> nextBoot(state, 0)).toCompletableFuture());
                }
            }
            registers.run();
            check(seed, registers, outcomes, logs);
        }
    }

    private static void check(
            int seed,
            MemoryHolders registers,
            List<CompletableFuture<ControlLog.Outcome>> outcomes,
            List<ControlLog> logs) {
        registers.unknownPerMille = 0;
        registers.unavailablePerMille = 0;
        registers.isConcurrent = false;
        logs.forEach(log -> assertTrue(now(log.refresh())));
        logs.forEach(log -> assertEquals(logs.get(0).known(), log.known(), "seed " + seed));
        long boots = bootOf(logs.get(0).known(), 0);
        long added = outcomes.stream()
                .filter(outcome -> outcome.join() instanceof ControlLog.Added)
                .count();
        long unknown = outcomes.stream()
                .filter(outcome -> outcome.join() instanceof ControlLog.Unknown)
                .count();
        assertTrue(
                added <= boots && boots <= added + unknown,
                "seed " + seed + ": " + boots + " boots of " + added + " added and " + unknown + " unknown");
    }

    @Test
    void keysOfEntriesAreRecognised() {
        assertTrue(ControlLog.isEntry(ControlLog.key(1)));
        assertTrue(ControlLog.key(2).compareTo(ControlLog.key(256)) < 0);
        assertFalse(ControlLog.isEntry(new RegisterKey(0, Bytes.utf8("c/1"))));
    }

    @Test
    void addedDrivesAreKnownToEverybody() {
        added(log(holders, 1).add(state -> new AddDrive(drive(9), "node-9")));
        ControlLog reader = log(holders, 2);
        assertTrue(now(reader.refresh()));
        assertTrue(reader.known().isMember(drive(9)));
    }

    private static CompletableFuture<ControlLog.Outcome> boot(MemoryHolders registers, long mount) {
        return log(registers, mount).add(state -> new Boot(drive(0), 0, mount)).toCompletableFuture();
    }

    private static ControlLog log(MemoryHolders registers, long process) {
        AtomicLong sequence = new AtomicLong();
        return new ControlLog(state(5, 3), registers, () -> new OperationId(process, sequence.incrementAndGet()));
    }

    private static ControlCommand nextBoot(ControlState state, int drive) {
        return new Boot(drive(drive), bootOf(state, drive), 0);
    }

    private static long bootOf(ControlState state, int drive) {
        ControlState.DriveEntry entry = state.drive(drive(drive));
        assertNotNull(entry);
        return entry.boot();
    }

    private static boolean isThere(Register register, long entry) {
        return now(register.read(ControlLog.key(entry))) instanceof Register.Value value
                && value.state().isLive();
    }

    private ControlLog.Outcome settled(CompletionStage<ControlLog.Outcome> outcome) {
        holders.run();
        return now(outcome);
    }

    private static void added(CompletionStage<ControlLog.Outcome> outcome) {
        assertInstanceOf(ControlLog.Added.class, now(outcome));
    }

    private static <T> T now(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        assertTrue(future.isDone(), "still waiting");
        return future.join();
    }
}
