package io.azekura.persistence.simulation.history;

import io.azekura.persistence.simulation.history.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the operations of one persistence id. */
final class JournalJudge {

    private record Place(long seq, String event) {}

    private final String pid;
    private final List<Operation> appends = new ArrayList<>();
    private final List<Operation> replays = new ArrayList<>();
    private final List<Operation> deletes = new ArrayList<>();
    private final List<Operation> highests = new ArrayList<>();
    private final Map<Place, Operation> appended = new HashMap<>();
    /** Who proved first that a number is taken, and by which event. */
    private final Map<Long, Place> winners = new HashMap<>();

    private final Map<Long, Operation> proofs = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    JournalJudge(String pid, List<Operation> operations) {
        this.pid = pid;
        for (Operation operation : operations) {
            Call call = operation.call();
            if (call instanceof Call.JournalAppend append) {
                appends.add(operation);
                for (int i = 0; i < append.events().size(); i++) {
                    appended.put(
                            new Place(append.firstSeq() + i, append.events().get(i)), operation);
                }
            } else if (call instanceof Call.JournalDelete) {
                deletes.add(operation);
            } else if (call instanceof Call.JournalReplay && operation.isOk()) {
                replays.add(operation);
            } else if (call instanceof Call.JournalHighest && operation.isOk()) {
                highests.add(operation);
            }
        }
    }

    List<Violation> judge() {
        appends.forEach(this::checkAppend);
        replays.forEach(this::checkReplay);
        replays.forEach(this::checkWhole);
        replays.forEach(this::checkNothingLost);
        replays.forEach(replay -> checkHighest(replay, replayed(replay).highestSeq()));
        highests.forEach(highest -> checkHighest(
                highest,
                highest.result(Result.Highest.class).map(Result.Highest::seq).orElse(0L)));
        return violations;
    }

    private void checkAppend(Operation operation) {
        Call.JournalAppend append = (Call.JournalAppend) operation.call();
        if (!operation.tookEffect()) {
            return;
        }
        for (int i = 0; i < append.events().size(); i++) {
            win(new Place(append.firstSeq() + i, append.events().get(i)), operation);
        }
        if (append.firstSeq() > 1
                && appends.stream().noneMatch(other -> canHold(other, append.firstSeq() - 1, operation))) {
            report(Kind.JOURNAL_GAP, "nothing can be at " + (append.firstSeq() - 1) + " before", operation);
        }
    }

    /** Whether an append can have written a number by the end of another operation. */
    private static boolean canHold(Operation operation, long seq, Operation by) {
        Call.JournalAppend append = (Call.JournalAppend) operation.call();
        return operation.mayHaveTakenEffect()
                && append.firstSeq() <= seq
                && seq <= append.lastSeq()
                && !by.isBefore(operation);
    }

    private void win(Place place, Operation operation) {
        Place winner = winners.putIfAbsent(place.seq(), place);
        Operation proof = proofs.putIfAbsent(place.seq(), operation);
        if (winner != null && proof != null && !winner.equals(place)) {
            report(
                    Kind.SPLIT_BRAIN,
                    "both " + winner.event() + " and " + place.event() + " are at " + place.seq(),
                    proof,
                    operation);
        }
    }

    private static Result.Replayed replayed(Operation replay) {
        return replay.result(Result.Replayed.class).orElse(new Result.Replayed(List.of(), 0));
    }

    private void checkReplay(Operation replay) {
        long before = 0;
        for (Result.Event event : replayed(replay).events()) {
            checkEvent(replay, new Place(event.seq(), event.event()));
            if (event.seq() <= before) {
                report(Kind.JOURNAL_ORDER, event.seq() + " comes after " + before, replay);
            } else if (event.seq() > before + 1 && !(before == 0 && canBeDeleted(event.seq() - 1, replay))) {
                report(Kind.JOURNAL_GAP, event.seq() + " comes after " + before, replay);
            }
            before = event.seq();
        }
    }

    private void checkEvent(Operation replay, Place place) {
        Operation append = appended.get(place);
        if (append == null) {
            report(Kind.PHANTOM_EVENT, place.event() + " was never appended at " + place.seq(), replay);
        } else if (!append.mayHaveTakenEffect()) {
            report(Kind.REFUSED_EVENT_REPLAYED, place.event() + " was refused", append, replay);
        } else if (replay.isBefore(append)) {
            report(Kind.PHANTOM_EVENT, place.event() + " was replayed before it was appended", append, replay);
        } else {
            win(place, replay);
        }
        for (Operation delete : deletes) {
            if (delete.tookEffect()
                    && delete.isBefore(replay)
                    && ((Call.JournalDelete) delete.call()).toSeq() >= place.seq()) {
                report(Kind.DELETED_EVENT_REPLAYED, place.seq() + " was deleted", delete, replay);
                return;
            }
        }
    }

    /** A deletion is at most up to the highest number that is there, so that it cannot swallow what comes later. */
    private boolean canBeDeleted(long seq, Operation by) {
        return deletes.stream()
                .anyMatch(delete -> delete.mayHaveTakenEffect()
                        && ((Call.JournalDelete) delete.call()).toSeq() >= seq
                        && !by.isBefore(delete));
    }

    private void checkWhole(Operation replay) {
        Set<Place> shown = new HashSet<>();
        replayed(replay).events().forEach(event -> shown.add(new Place(event.seq(), event.event())));
        Set<Operation> checked = new HashSet<>();
        for (Place place : shown) {
            Operation operation = appended.get(place);
            if (operation == null || !checked.add(operation)) {
                continue;
            }
            Call.JournalAppend append = (Call.JournalAppend) operation.call();
            for (int i = 0; i < append.events().size(); i++) {
                Place other = new Place(append.firstSeq() + i, append.events().get(i));
                if (!shown.contains(other) && !canBeDeleted(other.seq(), replay)) {
                    report(Kind.HALF_BATCH, other.event() + " of the batch is not there", operation, replay);
                    break;
                }
            }
        }
    }

    private void checkNothingLost(Operation replay) {
        Set<Long> shown = new HashSet<>();
        replayed(replay).events().forEach(event -> shown.add(event.seq()));
        winners.forEach((seq, place) -> {
            Operation proof = firstProof(place, replay);
            if (proof != null && !shown.contains(seq) && !canBeDeleted(seq, replay)) {
                report(Kind.EVENT_LOST, place.event() + " at " + seq + " was there", proof, replay);
            }
        });
    }

    /** An operation over before {@code by} that shows that the event was there; null if there is none. */
    private @Nullable Operation firstProof(Place place, Operation by) {
        Operation append = appended.get(place);
        if (append != null && append.tookEffect() && append.isBefore(by)) {
            return append;
        }
        return replays.stream()
                .filter(replay -> replay.isBefore(by))
                .filter(replay -> replayed(replay).events().contains(new Result.Event(place.seq(), place.event())))
                .findFirst()
                .orElse(null);
    }

    private void checkHighest(Operation operation, long highest) {
        for (Operation append : appends) {
            if (append.tookEffect()
                    && append.isBefore(operation)
                    && ((Call.JournalAppend) append.call()).lastSeq() > highest) {
                report(Kind.WRONG_HIGHEST, "more was acknowledged than " + highest, append, operation);
                return;
            }
        }
        for (Operation earlier : highests) {
            if (earlier.isBefore(operation)
                    && earlier.result(Result.Highest.class)
                                    .map(Result.Highest::seq)
                                    .orElse(0L)
                            > highest) {
                report(Kind.WRONG_HIGHEST, "it was higher than " + highest + " before", earlier, operation);
                return;
            }
        }
        for (Operation earlier : replays) {
            if (earlier.isBefore(operation) && replayed(earlier).highestSeq() > highest) {
                report(Kind.WRONG_HIGHEST, "it was higher than " + highest + " before", earlier, operation);
                return;
            }
        }
        if (highest > 0 && appends.stream().noneMatch(append -> canEndAt(append, highest, operation))) {
            report(Kind.WRONG_HIGHEST, "no batch that ends at " + highest + " was appended", operation);
        }
    }

    private static boolean canEndAt(Operation append, long seq, Operation by) {
        return ((Call.JournalAppend) append.call()).lastSeq() == seq && canHold(append, seq, by);
    }

    private void report(Kind kind, String explanation, Operation... operations) {
        violations.add(JournalChecker.violation(kind, pid, explanation, List.of(operations)));
    }
}
