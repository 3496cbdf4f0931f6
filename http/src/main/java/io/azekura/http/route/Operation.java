package io.azekura.http.route;

import java.util.concurrent.CompletionStage;

/** One operation of the S3 API. Holds no state of a request, may be called by any number of threads, never blocks. */
public interface Operation {
    /** Its name in Amazon's API reference, for metrics and logs. */
    String name();

    /**
     * Answers an authenticated request. Refusals are thrown or fail the stage, as {@link
     * io.azekura.http.error.S3Exception}; every other failure is a bug or the end of the client's own body stream.
     */
    CompletionStage<S3Response> run(Call call);
}
