package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OperationWatchTest {
    private static final DelaySettings SETTINGS = new DelaySettings(1_000, 5_000, 1 << 20);

    /** Clocks may be negative. */
    private final AtomicLong clock = new AtomicLong(-6_999_999_999L);

    private final AtomicLong logSince = new AtomicLong();
    private final AtomicLong waiting = new AtomicLong();
    private final OperationWatch watch = new OperationWatch(SETTINGS, clock::get, logSince::get, waiting::get);

    private void pass(long millis) {
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void anOperationUnderWayMakesTheDriveSlowThenHungAndItsEndNeither() {
        assertNull(watch.reason());
        int operation = watch.begin();
        pass(900);
        assertEquals(OperationWatch.Delay.NONE, watch.delay());
        pass(200);
        assertEquals(OperationWatch.Delay.SLOW, watch.delay());
        assertEquals("slow: an operation has been under way for 1100 ms", watch.reason());
        assertNull(watch.refusal());
        pass(4_000);
        assertEquals("hung: an operation has been under way for 5100 ms", watch.refusal());
        watch.end(operation);
        pass(100);
        assertEquals(OperationWatch.Delay.NONE, watch.delay());
        assertNull(watch.refusal());
    }

    @Test
    void theLongestOfManyCounts() {
        int first = watch.begin();
        pass(2_000);
        int second = watch.begin();
        pass(4_000);
        assertEquals(OperationWatch.Delay.HUNG, watch.delay());
        watch.end(first);
        pass(100);
        assertEquals(OperationWatch.Delay.SLOW, watch.delay());
        watch.end(second);
        pass(100);
        assertEquals(OperationWatch.Delay.NONE, watch.delay());
    }

    @Test
    void moreOperationsThanPlacesAreHarmless() {
        int[] operations = new int[100];
        for (int i = 0; i < operations.length; i++) {
            operations[i] = watch.begin();
        }
        for (int operation : operations) {
            watch.end(operation);
        }
        pass(10_000);
        assertEquals(OperationWatch.Delay.NONE, watch.delay());
    }

    @Test
    void aLogThatIsBusyOrBehindCounts() {
        logSince.set(clock.get() | 1);
        pass(6_000);
        assertEquals(OperationWatch.Delay.HUNG, watch.delay());
        logSince.set(0);
        pass(100);
        waiting.set(SETTINGS.waitingBytesMax() + 1);
        assertEquals("busy: 1048577 bytes wait for the log", watch.refusal());
        waiting.set(0);
        assertNull(watch.refusal());
    }
}
