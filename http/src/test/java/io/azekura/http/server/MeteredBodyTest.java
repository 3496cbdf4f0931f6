package io.azekura.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.azekura.http.server.MeteredBody.Outcome;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MeteredBodyTest {
    private record End(long bytes, Outcome outcome) {}

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "metered-test");
    private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();
    private final MeteredBody meter = new MeteredBody((bytes, outcome) -> ends.add(new End(bytes, outcome)));

    @AfterEach
    void stop() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        assertTrue(ends.isEmpty(), "ended twice");
    }

    private End end() throws InterruptedException {
        End end = ends.poll(20, TimeUnit.SECONDS);
        return end == null ? new End(-1, Outcome.FAILED) : end;
    }

    @Test
    void aWholeBodyIsCounted() throws InterruptedException {
        Source.from(List.of(ByteString.fromString("abc"), ByteString.fromString("de")))
                .via(meter)
                .runWith(Sink.ignore(), system)
                .toCompletableFuture()
                .join();
        assertEquals(new End(5, Outcome.WHOLE), end());
    }

    @Test
    void aBrokenBodyIsToldFromALeftOne() throws InterruptedException {
        Source.single(ByteString.fromString("abc"))
                .concat(Source.failed(new IllegalStateException("broken")))
                .via(meter)
                .runWith(Sink.ignore(), system)
                .exceptionally(failure -> null)
                .toCompletableFuture()
                .join();
        assertEquals(Outcome.FAILED, end().outcome());
        MeteredBody other = new MeteredBody((bytes, outcome) -> ends.add(new End(bytes, outcome)));
        Source.repeat(ByteString.fromString("x"))
                .via(other)
                .runWith(Sink.head(), system)
                .toCompletableFuture()
                .join();
        assertEquals(Outcome.ABANDONED, end().outcome());
    }

    @Test
    void aBodyThatWasGivenUpNeverRuns() {
        assertTrue(meter.claim());
        assertFalse(meter.claim());
        assertThrows(CompletionException.class, () -> Source.single(ByteString.fromString("abc"))
                .via(meter)
                .runWith(Sink.ignore(), system)
                .toCompletableFuture()
                .join());
    }
}
