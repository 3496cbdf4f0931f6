package io.azekura.persistence.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.simulation.CostMeter.Cost;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationCostTest {
    /** What numbers of varying length may add to all messages of one operation together. */
    private static final long BYTES_SLACK = 600;

    private static Map<String, Cost> plain = Map.of();

    @BeforeAll
    static void measure() {
        plain = new OperationCosts(OperationCosts.SHAPE).plain();
    }

    @Test
    void aSmallPutTakesTwoRoundTripsAndOneSyncOfEachDrive() {
        assertCost(OperationCosts.PUT_SMALL, 2, 1);
        assertCost(OperationCosts.PUT_SMALL + ", replacing", 2, 1);
    }

    @Test
    void aLargePutStagesWhileItAsksForPromisesAndTakesTwoSyncsOfEachDrive() {
        assertCost(OperationCosts.PUT_LARGE, 2, 2);
        assertCost(OperationCosts.PUT_LARGE + ", replacing", 2, 2);
    }

    @Test
    void aSmallGetTakesOneRoundTripAndALargeOneAnotherForItsShards() {
        assertCost(OperationCosts.GET_SMALL, 1, 0);
        assertCost(OperationCosts.GET_LARGE, 2, 0);
    }

    @Test
    void aHeadTakesOneRoundTripAndADeleteTwo() {
        assertCost(OperationCosts.HEAD, 1, 0);
        assertCost(OperationCosts.DELETE, 2, 1);
    }

    @Test
    void theCostDoesNotGrowWithTheVersionsOfAKey() {
        OperationCosts costs = new OperationCosts(OperationCosts.SHAPE);
        // States remember sixteen operations, so that rows reach their full size first.
        Map<String, Cost> first = costs.versioned(20);
        for (int older : new int[] {100, 1_000, 10_000}) {
            Map<String, Cost> now = costs.versioned(older);
            for (String operation : first.keySet()) {
                Cost before = cost(first, operation);
                Cost after = cost(now, operation);
                assertEquals(before.roundTrips(), after.roundTrips(), operation);
                assertEquals(before.requests(), after.requests(), operation);
                assertEquals(before.syncsMax(), after.syncsMax(), operation);
                assertTrue(
                        after.bytes() <= before.bytes() + BYTES_SLACK,
                        operation + " with " + older + " versions: " + before + " became " + after);
            }
        }
    }

    @Test
    void aKeyWithOneOrTenVersionsTakesNoMoreMessagesThanOneWithAHundred() {
        OperationCosts costs = new OperationCosts(OperationCosts.SHAPE);
        Map<String, Cost> one = costs.versioned(1);
        Map<String, Cost> ten = costs.versioned(10);
        Map<String, Cost> hundred = costs.versioned(100);
        for (String operation : List.of(
                OperationCosts.PUT_SMALL, OperationCosts.GET_SMALL, OperationCosts.HEAD, OperationCosts.DELETE)) {
            assertEquals(
                    cost(one, operation).requests(), cost(hundred, operation).requests(), operation);
            assertEquals(
                    cost(ten, operation).requests(), cost(hundred, operation).requests(), operation);
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            1, 4, 0, 2
            2, 4, 0.01, 2
            3, 6, 0.01, 5
            4, 16, 0, 20
            """)
    void onAHotKeyEveryClientMakesProgressAndNoDuelIsLong(long seed, int gateways, double loss, int failedPercentMax) {
        for (HotKey.Mix mix : HotKey.Mix.values()) {
            HotKey.Played played = HotKey.play(seed, gateways, loss, mix);
            assertTrue(played.fewestOfAClient() > 0, played.toString());
            assertTrue(played.longestDuel() <= 100_000, played.toString());
            assertTrue(played.failed() * 100 <= played.done() * failedPercentMax, played.toString());
        }
    }

    private static void assertCost(String operation, int roundTrips, int syncs) {
        Cost cost = cost(plain, operation);
        assertEquals(roundTrips, cost.roundTrips(), operation + ": " + cost);
        assertEquals(syncs, cost.syncsMax(), operation + ": " + cost);
        assertEquals(syncs, cost.syncsMin(), operation + ": " + cost);
    }

    private static Cost cost(Map<String, Cost> costs, String operation) {
        return java.util.Objects.requireNonNull(costs.get(operation), operation);
    }
}
