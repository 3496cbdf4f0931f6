package io.azekura.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.journal.Snapshots.Criteria;
import io.azekura.persistence.journal.Snapshots.Loaded;
import io.azekura.persistence.journal.Snapshots.NoSnapshot;
import io.azekura.persistence.journal.Snapshots.Snapshot;
import io.azekura.persistence.journal.Snapshots.Stored;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.MemoryRegisters;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.State;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class SnapshotsTest {
    private final MemoryRegisters registers = new MemoryRegisters();
    private long operations;
    private final Snapshots snapshots = new Snapshots(registers, registers, this::operation);
    private final Journal journal = new Journal(registers, registers, this::operation);

    private OperationId operation() {
        return new OperationId(1, ++operations);
    }

    @Test
    void theLatestThatIsMeantIsLoaded() {
        for (long sequence : new long[] {3, 300, 7}) {
            assertEquals(new Stored(), now(snapshots.save("p", snapshot(sequence))));
        }
        assertEquals(new Loaded(snapshot(300)), now(snapshots.latest("p", Criteria.ALL)));
        assertEquals(new Loaded(snapshot(7)), now(snapshots.latest("p", new Criteria(0, 299, 0, 9_999))));
        assertEquals(new NoSnapshot(), now(snapshots.latest("p", new Criteria(8, 299, 0, 9_999))));
        assertEquals(new Loaded(snapshot(3)), now(snapshots.latest("p", new Criteria(0, 500, 0, 3))));
        assertEquals(new NoSnapshot(), now(snapshots.latest("q", Criteria.ALL)));
    }

    @Test
    void deletedSnapshotsAreGoneAndOthersStay() {
        for (long sequence = 0; sequence < 60; sequence++) {
            now(snapshots.save("p", snapshot(sequence)));
        }
        assertEquals(new Stored(), now(snapshots.delete("p", new Criteria(5, 100, 0, 100))));
        assertEquals(new Loaded(snapshot(4)), now(snapshots.latest("p", Criteria.ALL)));
        assertEquals(new Stored(), now(snapshots.delete("p", Criteria.only(4))));
        assertEquals(new Loaded(snapshot(3)), now(snapshots.latest("p", Criteria.ALL)));
    }

    @Test
    void snapshotsAreBesideTheJournal() {
        now(snapshots.save("p", snapshot(50)));
        assertEquals(new Journal.Highest(0), now(journal.highestSequenceNr("p", 0)));
        JournalWriter writer = new JournalWriter(journal, "p", new WriterId(1, 1));
        now(writer.replay(1, event -> {}));
        now(writer.append(JournalTest.events("a", "b")));
        now(snapshots.delete("p", Criteria.ALL));
        assertEquals(new Journal.Highest(2), now(journal.highestSequenceNr("p", 0)));
        now(journal.deleteTo("p", 2));
        now(snapshots.save("p", snapshot(1)));
        assertEquals(new Journal.Highest(2), now(journal.highestSequenceNr("p", 1)));
    }

    @Test
    void aDamagedSnapshotIsNotPassedOverForAnOlderOne() {
        now(snapshots.save("p", snapshot(1)));
        registers.put(
                JournalKey.snapshot("p", 2).register(),
                new State(State.Kind.LIVE, Bytes.utf8("?"), Content.NONE, List.of(), 1, 0));
        Snapshots.Damaged damaged = assertInstanceOf(Snapshots.Damaged.class, now(snapshots.latest("p", Criteria.ALL)));
        assertEquals(2, damaged.sequence());
        assertEquals(new Stored(), now(snapshots.delete("p", Criteria.only(2))));
        assertEquals(new Loaded(snapshot(1)), now(snapshots.latest("p", Criteria.ALL)));
    }

    private static Snapshot snapshot(long sequence) {
        return new Snapshot(sequence, sequence, Bytes.utf8("state " + sequence));
    }

    private static <T> T now(CompletionStage<T> stage) {
        assertTrue(stage.toCompletableFuture().isDone());
        return stage.toCompletableFuture().join();
    }
}
