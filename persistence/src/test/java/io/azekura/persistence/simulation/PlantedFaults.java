package io.azekura.persistence.simulation;

import io.azekura.persistence.simulation.PlantedProposer.Flaw;
import java.util.List;
import java.util.function.Supplier;

/** Every fault that the simulation must notice, at least one for each rule of the register. */
final class PlantedFaults {
    private static final List<PlantedFault> ALL = List.of(
            proposer("shards are not counted", 1, Flaw.COUNTS_NO_SHARDS),
            fault("agreement is settled", 2, PlantedRegisterFaults::agreementIsSettled)
                    .seeded(),
            fault("unsettled is read", 2, PlantedRegisterFaults::unsettledIsRead)
                    .seeded(),
            proposer("highest is chosen", 2, Flaw.TAKES_HIGHEST_FOR_CHOSEN).seeded(),
            proposer("acknowledged without a spare", 3, Flaw.KEEPS_NO_SPARE),
            fault("answered before synced", 3, PlantedRegisterFaults::answersBeforeSync)
                    .seeded(),
            fault("previous is freed early", 4, PlantedRegisterFaults::previousIsFreedEarly)
                    .seeded(),
            proposer("retried blindly", 5, Flaw.RETRIES_BLINDLY).seeded(),
            proposer("full ring is trusted", 5, Flaw.TRUSTS_A_FULL_RING),
            fault("delta on any base", 6, PlantedRegisterFaults::deltaOnAnyBase).seeded(),
            fault("older version without bytes", 6, PlantedRegisterFaults::olderVersionWithoutBytes)
                    .seeded(),
            fault("bound is forgotten", 7, PlantedRegisterFaults::boundIsForgotten)
                    .seeded(),
            fault("bound stays in memory", 7, PlantedRegisterFaults::boundStaysInMemory)
                    .seededBy(PlantedPlans.CRASHES),
            fault("promise is evicted", 7, PlantedRegisterFaults::promiseIsEvicted)
                    .seeded(),
            fault("promise is ignored", 7, PlantedRegisterFaults::promiseIsIgnored)
                    .seeded(),
            fault("every mount is the same", 8, PlantedRegisterFaults::everyMountIsTheSame)
                    .seeded(),
            fault("high water is ignored", 8, PlantedRegisterFaults::highWaterIsIgnored)
                    .seeded(),
            fault("stale layout is served", 9, PlantedClusterFaults::staleLayoutIsServed),
            fault("quorums are not joint", 9, PlantedClusterFaults::quorumsAreNotJoint)
                    .seeded(),
            fault("only the new set counts", 9, PlantedClusterFaults::onlyTheNewSetCounts)
                    .seeded(),
            fault("new set is read early", 9, PlantedClusterFaults::newSetIsReadEarly),
            fault("learner counts while filling", 9, PlantedClusterFaults::learnerCountsWhileFilling)
                    .seeded(),
            fault("barrier is skipped", 9, PlantedClusterFaults::barrierIsSkipped),
            fault("learner is taken for complete", 9, PlantedClusterFaults::learnerIsTakenForComplete),
            fault("fence is ignored", 10, PlantedClusterFaults::fenceIsIgnored),
            fault("configuration is ignored", 10, PlantedClusterFaults::configurationIsIgnored),
            fault("tombstone goes early", 11, PlantedClusterFaults::tombstoneGoesEarly)
                    .seeded(),
            fault("collection leaves no floor", 11, PlantedClusterFaults::collectionLeavesNoFloor)
                    .seeded(),
            fault("late answer is adopted", 11, PlantedClusterFaults::lateAnswerIsAdopted),
            fault("learners are not asked", 11, PlantedClusterFaults::learnersAreNotAsked),
            proposer("collections are forgotten", 11, Flaw.FORGETS_COLLECTIONS),
            fault("ballots are equal", 12, PlantedRegisterFaults::ballotsAreEqual)
                    .seeded(),
            fault("clock is unchecked", 12, PlantedRegisterFaults::clockIsUnchecked),
            fault("version time is the clock", 12, PlantedObjectFaults::versionTimeIsTheClock)
                    .seededBy(PlantedPlans.DEATHS),
            fault("batch is overwritten", 13, PlantedObjectFaults::batchIsOverwritten)
                    .seeded(),
            fault("deletion mark is ignored", 13, PlantedObjectFaults::deletionMarkIsIgnored)
                    .seeded(),
            fault("drives forget deletion marks", 13, PlantedObjectFaults::drivesForgetDeletionMarks),
            proposer("said to be everywhere", 14, Flaw.SAYS_EVERYWHERE).seeded(),
            fault("catches up from any", 14, PlantedClusterFaults::catchesUpFromAny),
            fault("few nothings are absence", 15, PlantedRegisterFaults::fewNothingsAreAbsence),
            fault("damage is absence", 15, PlantedRegisterFaults::damageIsAbsence)
                    .seededBy(PlantedPlans.DAMAGE),
            fault("damage is skipped", 15, PlantedRegisterFaults::damageIsSkipped)
                    .seededBy(PlantedPlans.DAMAGE),
            fault("unknown is counted", 15, PlantedRegisterFaults::unknownIsCounted)
                    .seededBy(PlantedPlans.DAMAGE),
            fault("missing shard is accepted", 16, PlantedRegisterFaults::missingShardIsAccepted),
            fault("plain read confirms", 16, PlantedClusterFaults::plainReadConfirms),
            fault("dead data is accepted", 16, PlantedClusterFaults::deadDataIsAccepted),
            fault("closed upload is open", 17, PlantedObjectFaults::closedUploadIsOpen),
            fault("completion is forgotten", 17, PlantedObjectFaults::completionIsForgotten),
            fault("parts go early", 17, PlantedObjectFaults::partsGoEarly),
            fault("unsettled is delivered", 18, PlantedObjectFaults::unsettledIsDelivered),
            fault("removed before delivery", 18, PlantedObjectFaults::removedBeforeDelivery)
                    .seededBy(PlantedPlans.DEATHS),
            fault("delivery has a cursor", 18, PlantedObjectFaults::deliveryHasACursor),
            fault("listing shows unsettled", 19, PlantedObjectFaults::listingShowsUnsettled),
            fault("listing asks few", 19, PlantedObjectFaults::listingAsksFew),
            fault("shards by number", 20, PlantedRegisterFaults::shardsByNumber).seeded());

    private PlantedFaults() {}

    static List<PlantedFault> all() {
        return ALL;
    }

    static PlantedFault named(String name) {
        return ALL.stream()
                .filter(fault -> fault.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no fault called " + name));
    }

    private static PlantedFault fault(String name, int rule, Supplier<Variant> variants) {
        return new PlantedFault(name, rule, variants);
    }

    private static PlantedFault proposer(String name, int rule, Flaw flaw) {
        return new PlantedFault(name, rule, () -> PlantedProposer.variant(flaw));
    }
}
