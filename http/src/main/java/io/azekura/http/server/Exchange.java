package io.azekura.http.server;

import io.azekura.http.metrics.S3Metrics;
import io.azekura.http.route.Target;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One request from its head to the end of its answer, as metrics and log see it. Its log line names what was asked for,
 * never header values or the query: they can hold signatures. Handed from thread to thread with the request.
 */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger("io.azekura.http.requests");
    private static final int SERVER_ERRORS_FROM = 500;

    /** What the client asked for is missing: nothing that an operator has to hear of. */
    private static final int NOT_IMPLEMENTED = 501;

    private final String id;
    private final String method;
    private final String remoteAddress;
    private final S3Metrics metrics;
    private final Level level;
    private final long startNanos = System.nanoTime();

    private String operation = S3Metrics.NO_OPERATION;
    private String resource = "-";
    private @Nullable String code;
    private int status;

    Exchange(String id, String method, String remoteAddress, S3Metrics metrics, Level level) {
        this.id = id;
        this.method = method;
        this.remoteAddress = remoteAddress;
        this.metrics = metrics;
        this.level = level;
        metrics.started();
    }

    String id() {
        return id;
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    void isAbout(Target target) {
        resource = target.resource();
    }

    void isFor(String operationName) {
        operation = operationName;
    }

    void refused(String errorCode) {
        code = errorCode;
        metrics.refused(errorCode);
    }

    void answered(int answerStatus) {
        status = answerStatus;
        metrics.answered(operation, answerStatus, System.nanoTime() - startNanos);
    }

    void ended(long bytes, MeteredBody.Outcome outcome) {
        metrics.ended(bytes);
        boolean bad =
                (status >= SERVER_ERRORS_FROM && status != NOT_IMPLEMENTED) || outcome == MeteredBody.Outcome.FAILED;
        LoggingEventBuilder line = LOG.atLevel(bad ? Level.WARN : level)
                .addKeyValue("requestId", id)
                .addKeyValue("operation", operation)
                .addKeyValue("method", method)
                .addKeyValue("resource", oneLine(resource))
                .addKeyValue("status", status)
                .addKeyValue("bytes", bytes)
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos))
                .addKeyValue("remote", remoteAddress);
        if (code != null) {
            line = line.addKeyValue("code", code);
        }
        if (outcome != MeteredBody.Outcome.WHOLE) {
            line = line.addKeyValue("body", outcome);
        }
        line.log("S3 request");
    }

    /** Keys may hold line feeds and terminal escapes; a log line must not. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                line.append('?');
            } else {
                line.append(c);
            }
        }
        return line.toString();
    }
}
