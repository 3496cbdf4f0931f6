package io.azekura.actors.object;

import static io.azekura.actors.object.Store.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.azekura.actors.object.PeerWait.Done;
import io.azekura.actors.object.PeerWait.Failed;
import io.azekura.actors.object.PeerWait.Late;
import io.azekura.actors.object.PeerWait.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PeerWaitTest {
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(10);

    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final CompletableFuture<String> second = new CompletableFuture<>();

    @Test
    void nobodyIsGivenUpWhileTooFewAreDone() {
        var wait = PeerWait.of(List.of(first, second), done -> done.cardinality() == 2, Duration.ZERO, LONG);
        first.complete("a");
        assertFalse(wait.toCompletableFuture().isDone());
        second.complete("b");
        assertEquals(List.of(new Done<>("a"), new Done<>("b")), get(wait));
    }

    @Test
    void onceEnoughAreDoneTheOthersGetAGrace() {
        var wait = PeerWait.of(List.of(first, second), done -> done.get(0), SHORT, LONG);
        first.complete("a");
        List<Outcome<String>> outcomes = get(wait);
        assertInstanceOf(Late.class, outcomes.get(1));
    }

    @Test
    void theBoundEndsEveryWait() {
        var wait = PeerWait.of(List.of(first, second), done -> false, LONG, SHORT);
        assertEquals(List.of(new Late<>(), new Late<>()), get(wait));
    }

    @Test
    void failuresAreOutcomes() {
        var wait = PeerWait.of(List.of(first, second), done -> true, LONG, LONG);
        second.completeExceptionally(new IOException("gone"));
        first.complete("a");
        Failed<?> failed = assertInstanceOf(Failed.class, get(wait).get(1));
        assertInstanceOf(IOException.class, failed.cause());
    }
}
