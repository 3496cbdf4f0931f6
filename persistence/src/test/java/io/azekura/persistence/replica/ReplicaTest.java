package io.azekura.persistence.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.RowSamples;
import io.azekura.persistence.register.Slot;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplicaTest {
    private static final RegisterKey KEY = new RegisterKey(7, Bytes.utf8("key"));

    private final ReplicaMemory memory = new ReplicaMemory(key -> 0, (version, partition) -> 0);
    private final Replica replica = new Replica(new Acceptor(0), key -> 0);

    @Test
    void onlyWhatIsKnownToBeChosenIsToldAsChosen() {
        Row first = RowSamples.tombstone(20);
        Row second = RowSamples.tombstone(30);
        accept(new Slot(Ballot.ZERO, List.of(first)), first);
        assertInstanceOf(Request.Declined.class, answer(new Request.ReadChosen(KEY)));
        memory.apply(new ReplicaRecord.Settled(KEY, first.accepted(), false));
        accept(new Slot(first.accepted(), List.of(first, second)), second);
        Request.Chosen chosen = assertInstanceOf(Request.Chosen.class, answer(new Request.ReadChosen(KEY)));
        assertEquals(first, chosen.row());
        assertNull(chosen.body());
        memory.damage(KEY);
        assertInstanceOf(Request.Declined.class, answer(new Request.ReadChosen(KEY)));
    }

    @Test
    void aChosenRowThatIsHereIsOnlySettled() {
        Row row = RowSamples.tombstone(20);
        accept(new Slot(Ballot.ZERO, List.of(row)), row);
        assertInstanceOf(ReplicaRecord.Settled.class, appended(adopt(row)));
    }

    /** The row is in memory, but its record may be among those that cannot be read. */
    @Test
    void aDriveThatKnowsNotWhatItLostWritesTheRowAgain() {
        Row row = RowSamples.tombstone(20);
        accept(new Slot(Ballot.ZERO, List.of(row)), row);
        memory.doubt();
        assertInstanceOf(ReplicaRecord.Adopted.class, appended(adopt(row)));
        assertFalse(memory.isFaithful());
    }

    @Test
    void aPulledStateReplacesNothingNewer() {
        Row row = RowSamples.tombstone(20);
        accept(new Slot(Ballot.ZERO, List.of(row)), row);
        assertInstanceOf(Request.Declined.class, answer(adopt(RowSamples.tombstone(19))));
        assertInstanceOf(ReplicaRecord.Adopted.class, appended(adopt(RowSamples.tombstone(21))));
    }

    /** Register rule 11: what was asked for before a collection may be older than what was collected. */
    @Test
    void aPulledStateFromBeforeACollectionIsDropped() {
        Request.Adopt asked = adopt(RowSamples.tombstone(20));
        memory.apply(new ReplicaRecord.Collected(KEY, 0, new Ballot(30, 1)));
        assertInstanceOf(Request.Declined.class, answer(asked));
    }

    @Test
    void aTombstoneThatIsPulledAgainMayGoAgain() {
        Row row = RowSamples.tombstone(20);
        accept(new Slot(row.accepted(), List.of(row)), row);
        assertInstanceOf(ReplicaRecord.Collected.class, appended(new Request.Collect(KEY, row.accepted())));
    }

    @Test
    void onlyADriveInDoubtForgetsWhatIsNotChosen() {
        Row row = RowSamples.tombstone(20);
        accept(new Slot(Ballot.ZERO, List.of(row)), row);
        assertEquals(Request.Done.INSTANCE, answer(new Request.Forget(KEY, 0)));
        assertEquals(row, memory.slot(KEY).highest());
        memory.damage(KEY);
        assertInstanceOf(Request.Declined.class, answer(new Request.Forget(KEY, 1)));
        memory.apply(appended(new Request.Forget(KEY, 0)));
        assertEquals(Slot.EMPTY, memory.slot(KEY));
        assertFalse(memory.isDamaged(KEY));
    }

    @Test
    void anUnsettledRowMayBeDiscardedAndASettledOneNot() {
        Row first = RowSamples.tombstone(20);
        Row second = RowSamples.tombstone(30);
        accept(new Slot(Ballot.ZERO, List.of(first)), first);
        memory.apply(new ReplicaRecord.Settled(KEY, first.accepted(), false));
        accept(new Slot(first.accepted(), List.of(first, second)), second);
        assertInstanceOf(Request.Declined.class, answer(new Request.DiscardRow(KEY, first.accepted())));
        memory.apply(appended(new Request.DiscardRow(KEY, second.accepted())));
        assertEquals(List.of(first), memory.slot(KEY).rows());
    }

    /** Its gateway gave way to another and still counts on the shard, so only a scavenger may take it away. */
    @Test
    void theShardOfARowThatGoesUnchosenIsStagedAgain() {
        Row row = RowSamples.sharded(20);
        DataId id = ((Content.Sharded) row.state().content()).id();
        memory.apply(new ReplicaRecord.Staged(KEY, id, 0, Bytes.utf8("shard")));
        accept(new Slot(Ballot.ZERO, List.of(row)), row);
        assertEquals(Set.of(), memory.stagedData());
        Row other = RowSamples.tombstone(30);
        accept(new Slot(Ballot.ZERO, List.of(row, other)), other);
        memory.apply(new ReplicaRecord.Settled(KEY, other.accepted(), true));
        assertEquals(List.of(other), memory.slot(KEY).rows());
        assertEquals(Bytes.utf8("shard"), memory.shard(id, 0));
        assertEquals(Set.of(id), memory.stagedData());
    }

    @Test
    void theShardOfAStateThatWasReplacedIsFreed() {
        Row row = RowSamples.sharded(20);
        DataId id = ((Content.Sharded) row.state().content()).id();
        memory.apply(new ReplicaRecord.Staged(KEY, id, 0, Bytes.utf8("shard")));
        accept(new Slot(Ballot.ZERO, List.of(row)), row);
        memory.apply(new ReplicaRecord.Settled(KEY, row.accepted(), true));
        Row next = RowSamples.tombstone(30);
        accept(new Slot(row.accepted(), List.of(row, next)), next);
        memory.apply(new ReplicaRecord.Settled(KEY, next.accepted(), true));
        assertNull(memory.shard(id, 0));
        assertEquals(Set.of(), memory.stagedData());
    }

    /** Register rule 15: the record that cannot be read may have been the only one of its key. */
    @Test
    void aDamagedKeyOfWhichNothingIsLeftIsThere() {
        memory.damage(KEY);
        assertEquals(List.of(KEY), memory.keys(0, null, false, 10));
        Request scan = new Request.ScanRows(0, KEY.space(), Bytes.EMPTY, Bytes.EMPTY, 10);
        assertInstanceOf(Request.Declined.class, answer(scan));
    }

    private static Request.Adopt adopt(Row row) {
        return new Request.Adopt(KEY, row, 0, List.of(), Map.of());
    }

    private void accept(Slot slot, Row row) {
        memory.apply(new ReplicaRecord.Accepted(KEY, 0, slot, row, null));
    }

    private Object answer(Request request) {
        return assertInstanceOf(Verdict.Answer.class, replica.decide(request, 0, memory, 0))
                .reply();
    }

    private ReplicaRecord appended(Request request) {
        return assertInstanceOf(Verdict.Append.class, replica.decide(request, 0, memory, 0))
                .records()
                .get(0);
    }
}
