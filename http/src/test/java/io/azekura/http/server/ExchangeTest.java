package io.azekura.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.azekura.http.metrics.S3Metrics;
import io.azekura.http.route.Target;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.ObjectKey;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class ExchangeTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.azekura.http.requests");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setLevel(null);
        logger.setAdditive(true);
    }

    private static Exchange exchange() {
        S3Metrics metrics = new S3Metrics(new PrometheusRegistry());
        return new Exchange("0123456789ABCDEF", "GET", "192.0.2.1", metrics, org.slf4j.event.Level.DEBUG);
    }

    private ILoggingEvent line() {
        assertEquals(1, lines.list.size());
        return lines.list.get(0);
    }

    private static Map<String, String> values(ILoggingEvent line) {
        return line.getKeyValuePairs().stream()
                .filter((KeyValuePair pair) -> !pair.key.equals("millis"))
                .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
    }

    @Test
    void oneLineTellsWhatWasAskedAndAnswered() {
        Exchange exchange = exchange();
        exchange.isAbout(new Target.OfObject(new BucketName("bucket"), ObjectKey.of("a\r\nb\u001B[31m")));
        exchange.isFor("GetObject");
        exchange.answered(200);
        exchange.ended(5, MeteredBody.Outcome.WHOLE);
        assertEquals(Level.DEBUG, line().getLevel());
        assertEquals(
                Map.of(
                        "requestId", "0123456789ABCDEF",
                        "operation", "GetObject",
                        "method", "GET",
                        "resource", "/bucket/a??b?[31m",
                        "status", "200",
                        "bytes", "5",
                        "remote", "192.0.2.1"),
                values(line()));
    }

    @Test
    void whatTheServerFailedAtIsAWarning() {
        Exchange exchange = exchange();
        exchange.refused("InternalError");
        exchange.answered(500);
        exchange.ended(0, MeteredBody.Outcome.WHOLE);
        assertEquals(Level.WARN, line().getLevel());
        assertEquals("InternalError", values(line()).get("code"));
    }

    @Test
    void aBodyThatBrokeIsAWarningAndOneThatWasLeftIsNot() {
        Exchange broken = exchange();
        broken.answered(200);
        broken.ended(3, MeteredBody.Outcome.FAILED);
        assertEquals(Level.WARN, line().getLevel());
        lines.list.clear();
        Exchange left = exchange();
        left.answered(200);
        left.ended(3, MeteredBody.Outcome.ABANDONED);
        assertEquals(Level.DEBUG, line().getLevel());
        assertEquals("ABANDONED", values(line()).get("body"));
    }

    @Test
    void whatIsNotImplementedIsNoWarning() {
        Exchange exchange = exchange();
        exchange.answered(501);
        exchange.ended(0, MeteredBody.Outcome.WHOLE);
        assertEquals(Level.DEBUG, line().getLevel());
    }
}
