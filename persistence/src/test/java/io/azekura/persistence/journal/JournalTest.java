package io.azekura.persistence.journal;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.journal.Journal.AppendOutcome;
import io.azekura.persistence.journal.Journal.Appended;
import io.azekura.persistence.journal.Journal.Damaged;
import io.azekura.persistence.journal.Journal.Deleted;
import io.azekura.persistence.journal.Journal.Highest;
import io.azekura.persistence.journal.Journal.LostTo;
import io.azekura.persistence.journal.Journal.Numbered;
import io.azekura.persistence.journal.Journal.Replayed;
import io.azekura.persistence.journal.Journal.Unavailable;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.MemoryRegisters;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static final String PID = "bucket|photos";

    private final MemoryRegisters registers = new MemoryRegisters();
    private long operations;
    private long writers;
    private final Journal journal = new Journal(registers, registers, this::operation);

    private OperationId operation() {
        return new OperationId(1, ++operations);
    }

    @Test
    void whatWasAppendedIsReplayedInOrder() {
        JournalWriter writer = opened(1);
        assertEquals(new Appended(2), now(writer.append(events("a", "b"))));
        assertEquals(new Appended(3), now(writer.append(events("c"))));
        assertEquals(List.of("1a", "2b", "3c"), replayed(1));
        assertEquals(List.of("2b", "3c"), replayed(2));
        assertEquals(List.of("3c"), replayed(3));
        assertEquals(List.of(), replayed(4));
        assertEquals(3, highest(0));
    }

    @Test
    void replayObeysItsBounds() {
        JournalWriter writer = opened(1);
        now(writer.append(events("a", "b", "c")));
        now(writer.append(events("d", "e")));
        Replayed upTo = assertInstanceOf(Replayed.class, now(journal.replay(PID, 2, 4, 100)));
        assertEquals(List.of("2b", "3c", "4d"), texts(upTo.events()));
        Replayed atMost = assertInstanceOf(Replayed.class, now(journal.replay(PID, 1, Long.MAX_VALUE, 2)));
        assertEquals(List.of("1a", "2b"), texts(atMost.events()));
        assertFalse(atMost.isComplete());
        assertNull(atMost.end());
    }

    @Test
    void journalsDoNotSeeEachOther() {
        for (String pid : List.of("a", "ab", "b", "a\u0000", "ä")) {
            JournalWriter writer = new JournalWriter(journal, pid, new WriterId(2, ++writers));
            now(writer.replay(1, event -> {}));
            now(writer.append(events(pid)));
        }
        for (String pid : List.of("a", "ab", "b", "a\u0000", "ä")) {
            Replayed all = assertInstanceOf(Replayed.class, now(journal.replay(pid, 1, Long.MAX_VALUE, 10)));
            assertEquals(List.of("1" + pid), texts(all.events()));
        }
    }

    @Test
    void theSecondIncarnationLosesToTheFirst() {
        JournalWriter one = opened(1);
        JournalWriter two = opened(1);
        assertEquals(new Appended(1), now(one.append(events("one"))));
        assertEquals(new LostTo(new WriterId(1, 1)), now(two.append(events("two", "three"))));
        assertEquals(JournalWriter.Phase.STOPPED, two.phase());
        assertThrows(IllegalStateException.class, () -> two.append(events("again")));
        assertThrows(IllegalStateException.class, () -> two.replay(1, event -> {}));
        assertEquals(List.of("1one"), replayed(1));
    }

    @Test
    void aWriterThatHasNotReplayedCannotWrite() {
        JournalWriter writer = new JournalWriter(journal, PID, new WriterId(1, 1));
        assertThrows(IllegalStateException.class, () -> writer.append(events("a")));
    }

    @Test
    void aMissingBatchIsDamageHoweverItIsRead() {
        JournalWriter writer = opened(1);
        for (int i = 1; i <= 5; i++) {
            now(writer.append(events("a", "b")));
        }
        registers.forget(JournalKey.batch(PID, 5).register());
        for (long from : new long[] {0, 1, 3, 5, 6}) {
            assertInstanceOf(Damaged.class, now(journal.replay(PID, from, Long.MAX_VALUE, 100)), "from " + from);
        }
        assertInstanceOf(Damaged.class, now(journal.highestSequenceNr(PID, 0)));
        assertInstanceOf(Damaged.class, now(journal.deleteTo(PID, 10)));
        JournalWriter next = new JournalWriter(journal, PID, new WriterId(1, 9));
        assertInstanceOf(Damaged.class, now(next.replay(1, event -> {})));
        assertEquals(JournalWriter.Phase.STOPPED, next.phase());
    }

    @Test
    void aMissingFirstBatchIsDamage() {
        JournalWriter writer = opened(1);
        now(writer.append(events("a")));
        now(writer.append(events("b")));
        registers.forget(JournalKey.batch(PID, 1).register());
        assertInstanceOf(Damaged.class, now(journal.replay(PID, 1, Long.MAX_VALUE, 100)));
    }

    @Test
    void aLostTailBehindASnapshotIsDamageToItsWriter() {
        JournalWriter writer = opened(1);
        for (int i = 0; i < 3; i++) {
            now(writer.append(events("a")));
        }
        registers.forget(JournalKey.batch(PID, 3).register());
        JournalWriter next = new JournalWriter(journal, PID, new WriterId(1, 9));
        assertInstanceOf(Damaged.class, now(next.replay(4, event -> {})));
    }

    @Test
    void aTombstoneAboveTheMarkIsDamage() {
        JournalWriter writer = opened(1);
        now(writer.append(events("a")));
        now(writer.append(events("b")));
        RegisterKey key = JournalKey.batch(PID, 2).register();
        State live = registers.state(key);
        registers.put(key, new State(State.Kind.TOMBSTONE, Bytes.EMPTY, live.content(), live.applied(), 1, 0));
        assertInstanceOf(Damaged.class, now(journal.replay(PID, 1, Long.MAX_VALUE, 100)));
    }

    @Test
    void unreadableBytesAreDamageAndNotAnEnd() {
        JournalWriter writer = opened(1);
        now(writer.append(events("a")));
        RegisterKey key = JournalKey.batch(PID, 1).register();
        State live = registers.state(key);
        registers.put(key, new State(State.Kind.LIVE, Bytes.utf8("?"), live.content(), live.applied(), 1, 0));
        assertInstanceOf(Damaged.class, now(journal.replay(PID, 1, Long.MAX_VALUE, 100)));
    }

    @Test
    void deletedEventsStayAwayAndTheirNumbersStayUsed() {
        JournalWriter writer = opened(1);
        now(writer.append(events("a", "b")));
        now(writer.append(events("c", "d", "e")));
        now(writer.append(events("f")));
        assertEquals(new Deleted(3, true), now(journal.deleteTo(PID, 3)));
        assertEquals(List.of("4d", "5e", "6f"), replayed(1));
        assertEquals(
                State.Kind.TOMBSTONE,
                registers.state(JournalKey.batch(PID, 1).register()).kind());
        assertTrue(registers.state(JournalKey.batch(PID, 3).register()).isLive(), "half of it is still needed");
        assertEquals(new Deleted(3, true), now(journal.deleteTo(PID, 2)), "a mark never falls");
        assertEquals(new Deleted(6, true), now(journal.deleteTo(PID, Long.MAX_VALUE)));
        assertEquals(List.of(), replayed(1));
        assertEquals(6, highest(0));
        assertEquals(6, highest(6));
        collectTombstones();
        assertEquals(6, highest(0));
        assertEquals(6, highest(4));
        JournalWriter next = opened(1);
        assertEquals(new Appended(7), now(next.append(events("g"))));
        assertEquals(List.of("7g"), replayed(1));
        assertEquals(7, highest(0));
    }

    @Test
    void deletingNothingLeavesNoMarkAboveTheHighestNumber() {
        assertEquals(new Deleted(0, true), now(journal.deleteTo(PID, 100)));
        assertEquals(0, highest(0));
        assertEquals(new Appended(1), now(opened(1).append(events("a"))));
    }

    @Test
    void aZombieCannotCreateWhatWasDeleted() {
        JournalWriter zombie = opened(1);
        JournalWriter writer = opened(1);
        now(writer.append(events("a")));
        now(writer.append(events("b")));
        now(journal.deleteTo(PID, 2));
        collectTombstones();
        assertEquals(new LostTo(null), now(zombie.append(events("zombie"))));
        assertEquals(JournalWriter.Phase.STOPPED, zombie.phase());
    }

    @Test
    void theDrivesRefuseAZombieThatReadTheMarkTooEarly() {
        DeletionMarks marks = new DeletionMarks();
        registers.rule((key, current, write) -> marks.refuses(key, write.kind(), current.kind())
                ? MemoryRegisters.Verdict.REFUSE
                : MemoryRegisters.Verdict.PASS);
        Journal late = new Journal(registers, registers, this::operation) {
            @Override
            protected boolean isDeleted(JournalBatch batch, JournalMark mark) {
                return false;
            }
        };
        JournalWriter zombie = new JournalWriter(late, PID, new WriterId(1, 99));
        now(zombie.replay(1, event -> {}));
        JournalWriter writer = opened(1);
        now(writer.append(events("a")));
        now(journal.deleteTo(PID, 1));
        marks.raise(PID, 1);
        collectTombstones();
        AppendOutcome outcome = now(zombie.append(events("zombie")));
        assertInstanceOf(Unavailable.class, outcome);
        assertEquals(State.ABSENT, registers.state(JournalKey.batch(PID, 1).register()));
        assertEquals(new Appended(2), now(writer.append(events("b"))));
    }

    @Test
    void aTombstoneIsAsMuchAUsedNumberAsABatch() {
        JournalWriter zombie = opened(1);
        now(opened(1).append(events("a")));
        RegisterKey key = JournalKey.batch(PID, 1).register();
        registers.put(key, new State(State.Kind.TOMBSTONE, Bytes.EMPTY, State.ABSENT.content(), List.of(), 1, 0));
        assertEquals(new LostTo(null), now(zombie.append(events("zombie"))));
    }

    @Test
    void aReplayFromDeepInsideReadsNoMoreThanTheLongestBatchBefore() {
        JournalWriter writer = opened(1);
        for (int i = 0; i < 6; i++) {
            now(writer.append(many(JournalBatch.EVENTS_MAX)));
        }
        long last = 6L * JournalBatch.EVENTS_MAX;
        registers.forget(JournalKey.batch(PID, 1).register());
        assertEquals(1, replayed(last).size());
        assertEquals(last, highest(last));
        assertEquals(last, highest(last - 1));
        JournalWriter next = opened(last + 1);
        assertEquals(new Appended(last + 1), now(next.append(events("next"))));
        assertEquals(last + 1, highest(last));
    }

    @Test
    void aLongJournalIsReplayedAcrossPagesWithoutDeepRecursion() {
        JournalWriter writer = opened(1);
        int count = 20_000;
        for (int i = 0; i < count; i++) {
            now(writer.append(events("e")));
        }
        List<Long> seen = new ArrayList<>();
        JournalWriter next = new JournalWriter(journal, PID, new WriterId(1, 77));
        assertEquals(new Highest(count), now(next.replay(1, event -> seen.add(event.sequence()))));
        assertEquals(LongStream.rangeClosed(1, count).boxed().toList(), seen);
        assertEquals(new Deleted(count, true), now(journal.deleteTo(PID, count)));
    }

    @Test
    void aPassThatAFullDeletionOvertakesFindsTheHighestNumberAllTheSame() {
        JournalWriter writer = opened(1);
        now(writer.append(events("a", "b")));
        AtomicBoolean isDeleted = new AtomicBoolean();
        Scan slow = range -> {
            if (!isDeleted.getAndSet(true)) {
                now(journal.deleteTo(PID, Long.MAX_VALUE));
                collectTombstones();
            }
            return registers.page(range);
        };
        Journal overtaken = new Journal(registers, slow, this::operation);
        assertEquals(new Highest(2), now(overtaken.highestSequenceNr(PID, 0)));
        isDeleted.set(false);
        Replayed all = assertInstanceOf(Replayed.class, now(overtaken.replay(PID, 1, Long.MAX_VALUE, 10)));
        assertEquals(2, requireNonNull(all.end()).highest());
    }

    private JournalWriter opened(long from) {
        JournalWriter writer = new JournalWriter(journal, PID, new WriterId(1, ++writers));
        assertInstanceOf(Highest.class, now(writer.replay(from, event -> {})));
        return writer;
    }

    private void collectTombstones() {
        registers.all().values().removeIf(value -> value.state().kind() == State.Kind.TOMBSTONE);
    }

    private List<String> replayed(long from) {
        Replayed all = assertInstanceOf(Replayed.class, now(journal.replay(PID, from, Long.MAX_VALUE, 1_000_000)));
        assertTrue(all.isComplete());
        return texts(all.events());
    }

    private long highest(long hint) {
        return assertInstanceOf(Highest.class, now(journal.highestSequenceNr(PID, hint)))
                .sequence();
    }

    private static List<String> texts(List<Numbered> events) {
        return events.stream()
                .map(one -> one.sequence() + one.event().payload().utf8())
                .toList();
    }

    static List<JournalEvent> events(String... texts) {
        return List.of(texts).stream()
                .map(text -> new JournalEvent(7, Bytes.utf8(text)))
                .toList();
    }

    private static List<JournalEvent> many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new JournalEvent(i, Bytes.utf8("e")))
                .toList();
    }

    private static <T> T now(CompletionStage<T> stage) {
        assertTrue(stage.toCompletableFuture().isDone());
        return stage.toCompletableFuture().join();
    }
}
