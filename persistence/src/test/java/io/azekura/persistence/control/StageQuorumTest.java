package io.azekura.persistence.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.register.Quorum;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tries every set of drives of every small move, and says which quorums meet: what the safety of a move rests on. */
class StageQuorumTest {
    private static final List<Stage> JOINT = List.of(Stage.WRITE_BOTH_READ_OLD, Stage.WRITE_BOTH_READ_NEW);

    /** A move that replaces the last drives of a set and appends some. */
    private record Move(int drives, int replaced, int added) {
        List<DriveId> from() {
            return IntStream.range(0, drives).mapToObj(Drives::drive).toList();
        }

        List<DriveId> to() {
            List<DriveId> to = new ArrayList<>(from().subList(0, drives - replaced));
            IntStream.range(0, replaced + added).forEach(i -> to.add(Drives.drive(drives + i)));
            return to;
        }

        int all() {
            return (1 << (drives + replaced + added)) - 1;
        }

        int learners() {
            return all() & -(1 << drives);
        }

        Quorum at(Stage stage) {
            return new PartitionLayout(stage, 2, 2, from(), stage == Stage.STABLE ? from() : to()).quorum();
        }

        /** The end of the move, over the replicas of its joint stages so that sets can be compared. */
        Quorum end() {
            Quorum joint = at(Stage.WRITE_BOTH_READ_NEW);
            return new Quorum(joint.roles(), List.of(joint.reading()), joint.reading());
        }

        /** The same for the beginning. */
        Quorum begin() {
            Quorum filling = at(Stage.FILLING);
            return new Quorum(filling.roles(), filling.writing(), filling.reading());
        }

        /** The stages of the move in their order. */
        List<Quorum> stages() {
            return List.of(
                    begin(), at(Stage.FILLING), at(Stage.WRITE_BOTH_READ_OLD), at(Stage.WRITE_BOTH_READ_NEW), end());
        }
    }

    private static List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        for (int drives = 1; drives <= 6; drives++) {
            for (int replaced = 0; replaced <= drives; replaced++) {
                for (int added = 0; added <= 2; added++) {
                    if (replaced + added > 0 && drives + replaced + added <= 10) {
                        moves.add(new Move(drives, replaced, added));
                    }
                }
            }
        }
        return moves;
    }

    @Test
    void anyTwoWritesOfNeighbouringStagesMeet() {
        for (Move move : moves()) {
            List<Quorum> stages = move.stages();
            for (int i = 0; i < stages.size(); i++) {
                for (int j = Math.max(0, i - 1); j <= Math.min(stages.size() - 1, i + 1); j++) {
                    assertMeet(move, stages.get(i)::isWrite, stages.get(j)::isWrite);
                }
            }
        }
    }

    /**
     * A reader of the new set need not meet what was written before both sets were: the learners' sweep brings that. The
     * neighbours in question are FILLING and WRITE_BOTH_READ_OLD, where the old set is read.
     */
    @Test
    void readsMeetEveryWriteOfNeighbouringStages() {
        for (Move move : moves()) {
            List<Quorum> stages = move.stages();
            for (int i = 0; i < stages.size(); i++) {
                for (int j = Math.max(0, i - 1); j <= Math.min(stages.size() - 1, i + 1); j++) {
                    assertMeet(move, stages.get(i)::isRead, stages.get(j)::isWrite);
                }
            }
        }
    }

    /** Why each stage waits for majorities to have seen the one before. */
    @Test
    void stagesTwoApartNeedNotMeet() {
        Move move = new Move(3, 2, 0);
        Quorum filling = move.at(Stage.FILLING);
        Quorum readNew = move.at(Stage.WRITE_BOTH_READ_NEW);
        assertEquals(false, meet(move, readNew::isRead, filling::isWrite));
        Quorum readOld = move.at(Stage.WRITE_BOTH_READ_OLD);
        assertEquals(false, meet(move, readOld::isRead, move.end()::isWrite));
    }

    /** Without the joint stages one step from the old set to the new one would lose writes. */
    @Test
    void oldAndNewSetNeedNotMeet() {
        Move move = new Move(4, 2, 0);
        assertEquals(false, meet(move, move.begin()::isWrite, move.end()::isWrite));
    }

    /** Majorities of both sets that saw a stage leave none to whoever acts under an earlier one. */
    @Test
    void drivesThatSawAStageLeaveNoQuorumToTheStageBefore() {
        for (Move move : moves()) {
            Quorum joint = move.at(Stage.WRITE_BOTH_READ_OLD);
            for (int seen = 0; seen <= move.all(); seen++) {
                if (joint.isWrite(seen)) {
                    int rest = move.all() & ~seen;
                    for (Quorum stage : move.stages()) {
                        assertTrue(!stage.isWrite(rest) && !stage.isRead(rest), move + " " + rest);
                    }
                }
            }
        }
    }

    @Test
    void whatTheOldSetChoseIsOnAMajorityOfTheNewOneOnceLearnersAreComplete() {
        for (Move move : moves()) {
            Quorum old = move.at(Stage.FILLING);
            Quorum next = move.end();
            for (int having = 0; having <= move.all(); having++) {
                if (old.isWrite(having)) {
                    assertTrue(next.isWrite(having | move.learners()), move + " " + having);
                }
            }
        }
    }

    @Test
    void learnersCountNowhereWhileTheyFill() {
        for (Move move : moves()) {
            Quorum filling = move.at(Stage.FILLING);
            assertEquals(false, filling.isWrite(move.learners()));
            assertEquals(false, filling.isRead(move.learners()));
            for (int set = 0; set <= move.all(); set++) {
                assertEquals(filling.isWrite(set), filling.isWrite(set & ~move.learners()));
            }
        }
    }

    @Test
    void newDriveHasTheRoleOfTheOneItReplaces() {
        for (Move move : moves()) {
            for (Stage stage : JOINT) {
                PartitionLayout layout = new PartitionLayout(stage, 2, 2, move.from(), move.to());
                List<DriveId> replicas = layout.replicas();
                for (int replica = 0; replica < replicas.size(); replica++) {
                    List<DriveId> set = replica < move.drives() ? move.from() : move.to();
                    assertEquals(
                            replicas.get(replica),
                            set.get(layout.quorum().roles().get(replica)));
                }
            }
        }
    }

    private static void assertMeet(Move move, IntPredicate one, IntPredicate other) {
        assertTrue(meet(move, one, other), () -> "quorums that do not meet in " + move);
    }

    /** Whether every set that satisfies one meets every set that satisfies the other: no set and its rest do both. */
    private static boolean meet(Move move, IntPredicate one, IntPredicate other) {
        for (int set = 0; set <= move.all(); set++) {
            if (one.test(set) && other.test(move.all() & ~set)) {
                return false;
            }
        }
        return true;
    }
}
