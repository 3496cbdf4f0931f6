package io.azekura.actors.register;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.actors.register.RegisterGateway.Replicas;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.drive.MemoryDrive;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Change.Refuse;
import io.azekura.persistence.register.Change.Write;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.Register.Declined;
import io.azekura.persistence.register.Register.NoRoom;
import io.azekura.persistence.register.Register.Outdated;
import io.azekura.persistence.register.Register.ReadOutcome;
import io.azekura.persistence.register.Register.Unavailable;
import io.azekura.persistence.register.Register.Unreadable;
import io.azekura.persistence.register.Register.Value;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegisterGatewayTest {
    private static final RegisterKey KEY = new RegisterKey(3, Bytes.utf8("key"));
    private static final Timing TIMING = new Timing(20, 2, 500, 5_000);

    private final ExecutorService blocking = Executors.newFixedThreadPool(4);
    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
    private final List<MemoryDrive> drives = new ArrayList<>();
    private final AtomicLong operations = new AtomicLong();

    @AfterEach
    void stop() {
        blocking.shutdownNow();
        timers.shutdownNow();
    }

    @Test
    void whatWasWrittenIsRead() {
        RegisterGateway gateway = gateway(4, 1);
        assertEquals(State.ABSENT, value(gateway.read(KEY)).state());
        assertInstanceOf(Applied.class, put(gateway, "one"));
        assertInstanceOf(Applied.class, put(gateway, "two"));
        assertEquals("two", text(value(gateway.read(KEY)).state()));
    }

    @Test
    void everyAppliedAddOfTwoDuellingGatewaysCountsOnce() {
        RegisterGateway one = gateway(4, 1);
        RegisterGateway two = gateway(4, 2);
        List<CompletionStage<ChangeOutcome<String>>> outcomes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            outcomes.add((i % 2 == 0 ? one : two).change(KEY, operation(), add()));
        }
        long applied = outcomes.stream()
                .filter(outcome -> join(outcome) instanceof Applied)
                .count();
        int counted = value(one.read(KEY)).state().value().length();
        assertTrue(
                applied >= 100 && applied <= counted && counted <= 200, applied + " applied, " + counted + " counted");
    }

    @Test
    void addsThroughOneGatewayNeverDuel() {
        RegisterGateway gateway = gateway(6, 1);
        List<CompletionStage<ChangeOutcome<String>>> outcomes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            outcomes.add(gateway.change(KEY, operation(), add()));
        }
        outcomes.forEach(outcome -> assertInstanceOf(Applied.class, join(outcome)));
        assertEquals(200, value(gateway.read(KEY)).state().value().length());
    }

    @Test
    void aRefusedChangeTellsTheStateThatRefusedIt() {
        RegisterGateway gateway = gateway(4, 1);
        put(gateway, "one");
        Change<String> onlyIfAbsent = current -> new Refuse<>("exists");
        Declined<?> declined = assertInstanceOf(Declined.class, join(gateway.change(KEY, operation(), onlyIfAbsent)));
        assertEquals("exists", declined.reason());
        assertEquals("one", text(declined.current()));
    }

    @Test
    void settledStatesAreReadWithTwoOfFourDrivesAndNothingIsWritten() {
        RegisterGateway gateway = gateway(4, 1);
        put(gateway, "one");
        drives.get(0).setDown(true);
        drives.get(3).setDown(true);
        assertEquals("one", text(value(gateway.read(KEY)).state()));
        assertInstanceOf(Unavailable.class, put(gateway, "two"));
        assertInstanceOf(Unreadable.class, join(gateway.read(new RegisterKey(3, Bytes.utf8("never written")))));
    }

    @Test
    void restartedDrivesTakePartAgainAtOnce() {
        RegisterGateway gateway = gateway(4, 1);
        put(gateway, "one");
        drives.forEach(MemoryDrive::restart);
        RegisterGateway successor = gateway(0, 2);
        assertInstanceOf(Applied.class, put(successor, "two"));
        for (MemoryDrive drive : drives) {
            Row row = requireNonNull(requireNonNull(drive.slots().get(KEY)).highest());
            assertEquals("two", text(row.state()));
        }
    }

    @Test
    void aClosedSpaceRefusesWritersWithoutATrace() {
        RegisterGateway gateway = gateway(4, 1);
        drives.forEach(drive -> drive.fence(3, 5, true));
        Outdated<?> outdated = assertInstanceOf(Outdated.class, put(gateway, "one"));
        assertTrue(outdated.closed());
        assertEquals(State.ABSENT, value(gateway.read(KEY)).state());
    }

    @Test
    void aPendingWriteOfAReopenedSpaceIsStillFinished() {
        RegisterGateway gateway = gateway(4, 1);
        drives.subList(1, 4).forEach(drive -> drive.setFull(true));
        put(gateway, "pending on the first drive only");
        assertEquals(
                1, drives.stream().filter(drive -> !drive.slots().isEmpty()).count());
        for (MemoryDrive drive : drives) {
            drive.setFull(false);
            drive.fence(3, 5, true);
            drive.fence(3, 6, false);
        }
        assertEquals(
                "pending on the first drive only", text(value(gateway.read(KEY)).state()));
        assertInstanceOf(Outdated.class, put(gateway, "of a writer that knows only the old configuration"));
    }

    @Test
    void fullDrivesAreNamedAsTheReason() {
        RegisterGateway gateway = gateway(4, 1);
        drives.forEach(drive -> drive.setFull(true));
        assertInstanceOf(NoRoom.class, put(gateway, "one"));
    }

    private RegisterGateway gateway(int newDrives, long process) {
        for (int i = drives.size(); i < newDrives; i++) {
            drives.add(new MemoryDrive());
        }
        List<Drive> set = List.copyOf(drives);
        return new RegisterGateway(key -> new Replicas(set, 1), process, TIMING, blocking, timers);
    }

    private ChangeOutcome<String> put(RegisterGateway gateway, String text) {
        return join(gateway.change(
                KEY, operation(), current -> new Write<>(State.Kind.LIVE, Bytes.utf8(text), Content.NONE, null, 1)));
    }

    private static Change<String> add() {
        return current ->
                new Write<>(State.Kind.LIVE, Bytes.wrap(new byte[current.value().length() + 1]), Content.NONE, null, 1);
    }

    private OperationId operation() {
        return new OperationId(77, operations.incrementAndGet());
    }

    private static Value value(CompletionStage<ReadOutcome> outcome) {
        return assertInstanceOf(Value.class, join(outcome));
    }

    private static String text(State state) {
        return state.value().utf8();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
