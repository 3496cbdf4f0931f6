package io.azekura.persistence.simulation;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For each broken rule a history, written message by message, in which it matters; with the rule kept it does not. */
class PlantedScenariosTest {
    static final Map<String, Predicate<Variant>> SCENARIOS = scenarios();

    private static Map<String, Predicate<Variant>> scenarios() {
        Map<String, Predicate<Variant>> all = new LinkedHashMap<>();
        all.put("shards are not counted", PlantedSchedules::isAcknowledgedUnreadable);
        all.put("agreement is settled", PlantedSchedules::isAgreedReadUndone);
        all.put("unsettled is read", PlantedSchedules::isUnsettledReadUndone);
        all.put("highest is chosen", PlantedSchedules::isConfirmedUndone);
        all.put("acknowledged without a spare", PlantedSchedules::isAcknowledgedWithoutSpare);
        all.put("previous is freed early", PlantedSchedules::isNeitherReadable);
        all.put("retried blindly", PlantedSchedules::isAppliedTwice);
        all.put("full ring is trusted", PlantedSchedules::isAppliedAgainAfterMany);
        all.put("bound is forgotten", PlantedSchedules::isPromiseForgottenByRestart);
        all.put("bound stays in memory", PlantedSchedules::isPromiseForgottenByRestart);
        all.put("promise is evicted", PlantedSchedules::isPromiseForgottenForOthers);
        all.put("promise is ignored", PlantedSchedules::isPromiseBroken);
        all.put("stale layout is served", PlantedSchedules::isReadUnderAnOldLayout);
        all.put("quorums are not joint", PlantedMoves::isWriteMissed);
        all.put("only the new set counts", PlantedMoves::isWriteMissed);
        all.put("new set is read early", PlantedMoves::isWriteMissed);
        all.put("learner counts while filling", PlantedMoves::isWriteMissed);
        all.put("barrier is skipped", PlantedMoves::isStepTakenUnseen);
        all.put("learner is taken for complete", PlantedMoves::isStepTakenIncomplete);
        all.put("every mount is the same", PlantedMoves::isOldImageMounted);
        all.put("high water is ignored", PlantedMoves::isOldImageMounted);
        all.put("fence is ignored", PlantedSchedules::isClosedWritten);
        all.put("configuration is ignored", PlantedSchedules::isWrittenAsConfiguredBefore);
        all.put("tombstone goes early", PlantedLosses::isUndeletedByAMissingDrive);
        all.put("collection leaves no floor", PlantedLosses::isUndeletedByALateAccept);
        all.put("late answer is adopted", PlantedLosses::isUndeletedByALateAnswer);
        all.put("learners are not asked", PlantedLosses::isUndeletedByALearner);
        all.put("collections are forgotten", PlantedSchedules::isAppliedAgainAfterCollection);
        all.put("ballots are equal", PlantedSchedules::isBallotShared);
        all.put("clock is unchecked", PlantedSchedules::isWrittenFromTheFuture);
        all.put("version time is the clock", PlantedDesk::isNewerDatedOlder);
        all.put("batch is overwritten", PlantedJournals::isNumberWrittenTwice);
        all.put("drives forget deletion marks", PlantedJournals::isDeletedWrittenAgain);
        all.put("deletion mark is ignored", PlantedJournals::isDeletedWrittenAgain);
        all.put("said to be everywhere", PlantedLosses::isMissedUnnoticed);
        all.put("catches up from any", PlantedLosses::isCaughtUpAlone);
        all.put("few nothings are absence", PlantedLosses::isAbsentToOne);
        all.put("damage is absence", PlantedLosses::isDamagedAbsent);
        all.put("unknown is counted", PlantedLosses::isLostAbsent);
        all.put("missing shard is accepted", PlantedSchedules::isAcceptedWithoutShard);
        all.put("plain read confirms", PlantedLosses::isStuckAfterScavenging);
        all.put("dead data is accepted", PlantedLosses::isStuckWhileScavenging);
        all.put("closed upload is open", PlantedDesk::isCompletedTwice);
        all.put("completion is forgotten", PlantedDesk::isRepetitionRefused);
        all.put("parts go early", PlantedDesk::isPartLost);
        all.put("unsettled is delivered", PlantedDesk::isDeliveredUnsettled);
        all.put("removed before delivery", PlantedDesk::isLostInDelivery);
        all.put("delivery has a cursor", PlantedDesk::isLostBelowCursor);
        all.put("listing shows unsettled", PlantedSchedules::isUnsettledListed);
        all.put("listing asks few", PlantedSchedules::isMissedNotListed);
        all.put("shards by number", PlantedSchedules::isMixedUp);
        return all;
    }

    static Set<String> faults() {
        return SCENARIOS.keySet();
    }

    static Stream<PlantedFault> planted() {
        return faults().stream().map(PlantedFaults::named);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void nothingBreaksWhereTheRuleIsKept(String fault) {
        assertFalse(scenario(fault).test(new Variant()));
    }

    @ParameterizedTest
    @MethodSource("planted")
    void thePromiseBreaksWhereTheRuleIsBroken(PlantedFault fault) {
        assertTrue(scenario(fault.name()).test(fault.variants().get()));
    }

    private static Predicate<Variant> scenario(String fault) {
        return java.util.Objects.requireNonNull(SCENARIOS.get(fault));
    }
}
