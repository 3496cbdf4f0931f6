package io.azekura.http.server;

import akka.http.scaladsl.model.EntityStreamException;
import akka.stream.StreamTcpException;
import akka.stream.SubscriptionWithCancelException;
import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/** Tells refusals and the ends of clients' connections from bugs. */
final class Failures {
    private Failures() {}

    /** The failure itself, without the wrapping of stages. */
    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** What the client is to be told, or nothing when the failure is a bug. */
    static Optional<S3Exception> refusal(Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof S3Exception refusal) {
            return Optional.of(refusal);
        } else if (cause instanceof EntityStreamException
                || cause instanceof StreamTcpException
                || cause instanceof SubscriptionWithCancelException) {
            return Optional.of(S3Error.INCOMPLETE_BODY.asException());
        } else if (cause instanceof TimeoutException) {
            return Optional.of(S3Error.REQUEST_TIMEOUT.asException());
        }
        return Optional.empty();
    }
}
