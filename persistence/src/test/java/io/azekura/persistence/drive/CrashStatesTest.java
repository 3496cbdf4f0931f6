package io.azekura.persistence.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.persistence.drive.crash.CrashStates;
import io.azekura.persistence.drive.crash.DiskCall;
import io.azekura.persistence.drive.crash.DiskImage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The power is cut at points of recorded runs; {@code dev/campaign-crash-states} does it at all of them, and oftener. */
class CrashStatesTest {
    private static final long SEED = Long.getLong("test.seed", 20261127);
    /** Only a machine that does much else needs so long. */
    private static final long SECONDS_MAX = 120;

    private static final CrashStates.Sampling FEW = new CrashStates.Sampling(2, 16);
    private static final CrashStates.Sampling MANY = new CrashStates.Sampling(3, 3);
    private static final int CUTS = 1;

    private Path work;

    @BeforeEach
    void makeDirectory() throws Exception {
        work = CrashStatesMain.memory();
    }

    @AfterEach
    void removeDirectory() throws Exception {
        DiskImage.delete(work);
    }

    static Stream<CrashProtocol> protocols() {
        return CrashProtocol.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void nothingAcknowledgedIsLostAndNothingInventedWhereverThePowerIsCut(CrashProtocol protocol) throws Exception {
        CrashRun.Result result = play(protocol, UnaryOperator.identity(), FEW);
        assertEquals(List.of(), result.failures);
        assertTrue(result.states > 5, () -> "only " + result.states + " states");
    }

    @ParameterizedTest
    @EnumSource
    void plantedFaultsAreNoticed(CrashFaults fault) throws Exception {
        CrashRun.Result result = play(fault.protocol(), fault, MANY);
        assertFalse(result.failures.isEmpty(), () -> "not noticed in " + result.states + " states");
    }

    private CrashRun.Result play(
            CrashProtocol protocol, UnaryOperator<List<DiskCall>> fault, CrashStates.Sampling sampling)
            throws Exception {
        long begun = System.nanoTime();
        return new CrashRun(protocol, SEED, work, fault)
                .play(CUTS, sampling, () -> System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(SECONDS_MAX));
    }
}
