package io.azekura.persistence.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.journal.Journal.Appended;
import io.azekura.persistence.journal.Journal.Deleted;
import io.azekura.persistence.journal.Journal.Highest;
import io.azekura.persistence.journal.Journal.Numbered;
import io.azekura.persistence.journal.Journal.Replayed;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change.Decision;
import io.azekura.persistence.register.Change.Write;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.MemoryRegisters;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Incarnations of one entity that do not know of each other, deletions and collections, in seeded interleavings. */
class JournalSimulationTest {
    private static final String PID = "bucket|photos";
    private static final long SEEDS = 3_000;

    @Test
    void everyAcknowledgedEventKeepsItsNumberInEveryInterleaving() {
        int appended = 0;
        int deleted = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Run run = new Run(seed, Fault.NONE);
            assertEquals(List.of(), run.play(), "seed " + seed);
            appended += run.acknowledged.size();
            deleted += run.deletedTo > 0 ? 1 : 0;
        }
        assertTrue(appended > 3 * SEEDS && deleted > SEEDS / 4, appended + " appended, deletions in " + deleted);
    }

    @Test
    void aJournalThatOverwritesBatchesIsCaught() {
        assertTrue(isCaught(Fault.OVERWRITE));
    }

    @Test
    void aJournalAndDrivesWithoutMarksAreCaught() {
        assertTrue(isCaught(Fault.NO_MARKS));
    }

    private static boolean isCaught(Fault fault) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            if (!new Run(seed, fault).play().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private enum Fault {
        NONE,
        OVERWRITE,
        NO_MARKS
    }

    private static final class Run {
        private final Random random;
        private final MemoryRegisters registers;
        private final List<DeletionMarks> drives =
                List.of(new DeletionMarks(), new DeletionMarks(), new DeletionMarks());
        private final Fault fault;
        private final Journal journal;
        private final Map<Long, String> acknowledged = new TreeMap<>();
        private final List<String> violations = new ArrayList<>();
        private long operations;
        private final List<Runnable> paused = new ArrayList<>();
        private long deletedTo;

        private Run(long seed, Fault fault) {
            this.random = new Random(seed);
            this.registers = new MemoryRegisters(random);
            this.fault = fault;
            registers.faults(seed % 2 == 0 ? 0.1 : 0, seed % 3 == 0 ? 0.05 : 0);
            registers.rule(this::judge);
            this.journal = new Journal(registers, registers, () -> new OperationId(1, ++operations)) {
                @Override
                protected Decision<State> create(State current, Bytes value) {
                    return fault == Fault.OVERWRITE
                            ? new Write<>(State.Kind.LIVE, value, Content.NONE, null, 0)
                            : super.create(current, value);
                }

                @Override
                protected boolean isDeleted(JournalBatch batch, JournalMark mark) {
                    return fault != Fault.NO_MARKS && super.isDeleted(batch, mark);
                }
            };
        }

        /** A majority of the drives has every mark at once, the others when {@link #collect} comes by. */
        private MemoryRegisters.Verdict judge(RegisterKey key, State current, Write<?> write) {
            try {
                State next = new State(write.kind(), write.value(), write.content(), List.of(), 1, 0);
                drives.get(0).observe(key, next);
                drives.get(1).observe(key, next);
            } catch (java.io.IOException damage) {
                violations.add(damage.toString());
            }
            boolean isRefused = fault != Fault.NO_MARKS && drives.get(0).refuses(key, write.kind(), current.kind());
            return isRefused ? MemoryRegisters.Verdict.REFUSE : MemoryRegisters.Verdict.PASS;
        }

        private void collect() {
            drives.get(2).raise(PID, drives.get(0).fence(PID));
            List<Long> fences = drives.stream().map(one -> one.fence(PID)).toList();
            registers.all().entrySet().removeIf(one -> {
                try {
                    return one.getValue().state().kind() == State.Kind.TOMBSTONE
                            && DeletionMarks.mayCollect(
                                    JournalKey.decode(one.getKey().key()), fences);
                } catch (java.io.IOException damage) {
                    return false;
                }
            });
        }

        private List<String> play() {
            for (int i = 0; i < 4; i++) {
                new Incarnation(i).start();
                steps(random.nextInt(60));
                if (random.nextInt(3) == 0) {
                    delete();
                }
                steps(random.nextInt(30));
                collect();
            }
            steps(Integer.MAX_VALUE);
            collect();
            List.copyOf(paused).forEach(Runnable::run);
            steps(Integer.MAX_VALUE);
            registers.faults(0, 0);
            check();
            return violations;
        }

        private void steps(int count) {
            for (int i = 0; i < count && registers.step(); i++) {}
        }

        private void delete() {
            long to = 1L + random.nextInt(8);
            journal.deleteTo(PID, to).thenAccept(outcome -> {
                if (outcome instanceof Deleted deleted) {
                    deletedTo = Math.max(deletedTo, deleted.deletedTo());
                } else if (outcome instanceof Journal.Damaged damaged) {
                    violations.add(damaged.toString());
                }
            });
        }

        private void check() {
            journal.replay(PID, 1, Long.MAX_VALUE, 1000).thenAccept(outcome -> {
                if (!(outcome instanceof Replayed replayed)) {
                    violations.add(outcome.toString());
                    return;
                }
                Map<Long, String> found = new TreeMap<>();
                for (Numbered event : replayed.events()) {
                    found.put(event.sequence(), event.event().payload().utf8());
                    if (event.sequence() <= deletedTo) {
                        violations.add("deleted " + event.sequence() + " comes back");
                    }
                }
                long first = found.isEmpty()
                        ? Long.MAX_VALUE
                        : found.keySet().iterator().next();
                acknowledged.forEach((sequence, text) -> {
                    if (sequence >= first && !text.equals(found.get(sequence))) {
                        violations.add(sequence + " was " + text + " and is " + found.get(sequence));
                    }
                });
            });
            journal.highestSequenceNr(PID, 0).thenAccept(outcome -> {
                long highest = outcome instanceof Highest one ? one.sequence() : -1;
                if (acknowledged.keySet().stream().anyMatch(sequence -> sequence > highest)) {
                    violations.add("the highest number is " + outcome);
                }
            });
            steps(Integer.MAX_VALUE);
        }

        /** Replays, then appends one batch after the other until it is stopped or has written enough. */
        private final class Incarnation {
            private final int number;
            private final JournalWriter writer;
            private int batches;

            private Incarnation(int number) {
                this.number = number;
                this.writer = new JournalWriter(journal, PID, new WriterId(7, number));
            }

            private void start() {
                writer.replay(1, event -> {}).thenAccept(outcome -> {
                    if (outcome instanceof Highest && random.nextInt(3) == 0) {
                        paused.add(this::append);
                    } else if (outcome instanceof Highest) {
                        append();
                    } else if (outcome instanceof Journal.Damaged damaged) {
                        violations.add(damaged.toString());
                    }
                });
            }

            private void append() {
                List<JournalEvent> events = new ArrayList<>();
                int size = 1 + random.nextInt(3);
                for (int i = 0; i < size; i++) {
                    events.add(new JournalEvent(0, Bytes.utf8(number + "." + batches + "." + i)));
                }
                batches++;
                writer.append(events).thenAccept(outcome -> {
                    if (outcome instanceof Appended appended) {
                        acknowledge(appended.last() - size + 1, events);
                    }
                    if (writer.phase() == JournalWriter.Phase.WRITING && batches < 4) {
                        append();
                    }
                });
            }

            private void acknowledge(long first, List<JournalEvent> events) {
                for (int i = 0; i < events.size(); i++) {
                    String before =
                            acknowledged.put(first + i, events.get(i).payload().utf8());
                    if (before != null) {
                        violations.add((first + i) + " was acknowledged twice");
                    }
                }
            }
        }
    }
}
