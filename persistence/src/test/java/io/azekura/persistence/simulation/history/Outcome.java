package io.azekura.persistence.simulation.history;

/** What the client knows afterwards. */
public sealed interface Outcome {

    /** Answered. */
    record Ok(Result result) implements Outcome {}

    /** It did not take effect and never will. */
    record Failed(String reason) implements Outcome {}

    /** It may take effect at any time after its invocation, even after the client gave up, or never. */
    enum Unknown implements Outcome {
        UNKNOWN
    }
}
