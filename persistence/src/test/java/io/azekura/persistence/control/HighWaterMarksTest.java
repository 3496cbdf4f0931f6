package io.azekura.persistence.control;

import static io.azekura.persistence.control.Drives.drive;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.azekura.persistence.control.DriveIdentity.HighWater;
import io.azekura.persistence.control.HighWaterMarks.Finding;
import io.azekura.persistence.control.HighWaterMarks.Mismatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HighWaterMarksTest {
    private final HighWaterMarks marks = new HighWaterMarks();

    @Test
    void marksOnlyRise() {
        assertNull(marks.of(drive(0)));
        assertConsistent(saw(null, 1, 10));
        assertConsistent(saw(marks.of(drive(0)), 2, 12));
        assertEquals(new HighWater(2, 12), marks.of(drive(0)));
        assertNull(marks.of(drive(1)));
    }

    @Test
    void replyBehindWhatWasKnownAtItsRequestIsAMismatch() {
        assertConsistent(saw(null, 2, 10));
        HighWater before = marks.of(drive(0));
        assertEquals(new Mismatch(drive(0), new HighWater(2, 10), new HighWater(2, 9)), saw(before, 2, 9));
        assertInstanceOf(Mismatch.class, saw(before, 1, 11));
        assertInstanceOf(Mismatch.class, saw(before, 3, 9));
        assertEquals(new HighWater(2, 10), marks.of(drive(0)));
    }

    /** Both requests were sent before either was answered; the later reply came first. */
    @Test
    void replyThatWasOvertakenIsNoMismatch() {
        assertConsistent(saw(null, 2, 11));
        assertConsistent(saw(null, 2, 10));
        assertEquals(new HighWater(2, 11), marks.of(drive(0)));
    }

    private Finding saw(@Nullable HighWater before, long boot, long sequence) {
        return marks.saw(drive(0), before, new HighWater(boot, sequence));
    }

    private static void assertConsistent(Finding finding) {
        assertInstanceOf(HighWaterMarks.Consistent.class, finding);
    }
}
