package io.azekura.persistence.register;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.Bytes;
import java.util.List;

/**
 * The whole replicated state of one register: it always travels in full, except that the older versions of the key lie
 * beside it and are covered by {@code history} (register rule 6). {@code value} is opaque here; {@code timeMicros} is
 * the version time, from which order among versions comes (register rule 12), 0 where there is none; {@code applied}
 * are the last operations, newest last, that made it what it is (register rule 5); {@code layoutVersion} is the layout
 * it was written under and {@code configVersion} the version of the bucket's configuration (register rule 10).
 */
public record State(
        Kind kind,
        Bytes value,
        Content content,
        History history,
        long timeMicros,
        List<AppliedOperation> applied,
        long layoutVersion,
        long configVersion) {
    /** How many applied operations a state remembers (register rule 5). */
    public static final int APPLIED_MAX = 16;

    /** What no row says: the state of a register that was never written. */
    public static final State ABSENT =
            new State(Kind.ABSENT, Bytes.EMPTY, Content.NONE, History.EMPTY, 0, List.of(), 0, 0);

    /** Whether the register has something for a reader. */
    public enum Kind {
        ABSENT,
        LIVE,
        TOMBSTONE
    }

    public State {
        applied = List.copyOf(applied);
        Check.argument(applied.size() <= APPLIED_MAX, "more than " + APPLIED_MAX + " applied operations");
    }

    /** A state without older versions and version time. */
    public State(
            Kind kind,
            Bytes value,
            Content content,
            List<AppliedOperation> applied,
            long layoutVersion,
            long configVersion) {
        this(kind, value, content, History.EMPTY, 0, applied, layoutVersion, configVersion);
    }

    public boolean isLive() {
        return kind == Kind.LIVE;
    }

    public boolean contains(OperationId operation) {
        for (AppliedOperation one : applied) {
            if (one.operation().equals(operation)) {
                return true;
            }
        }
        return false;
    }
}
