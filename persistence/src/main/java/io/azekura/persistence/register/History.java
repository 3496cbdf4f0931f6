package io.azekura.persistence.register;

import io.azekura.persistence.Check;

/**
 * The set of older versions that a state covers, as their number and the sum of the digests of their records: equal on
 * two drives exactly when (but for collisions of 128 bits) the sets are. Adding and removing take constant time.
 */
public record History(long count, long high, long low) {
    public static final History EMPTY = new History(0, 0, 0);

    public History {
        Check.argument(count >= 0, "a history of " + count + " versions");
    }

    public History with(VersionEdit edit) {
        if (edit instanceof VersionEdit.Remove remove) {
            StateDigest digest = remove.digest();
            return new History(count - 1, high - digest.high(), low - digest.low());
        }
        StateDigest digest = StateDigest.of((VersionEdit.Add) edit);
        return new History(count + 1, high + digest.high(), low + digest.low());
    }

    public History with(Iterable<VersionEdit> edits) {
        History next = this;
        for (VersionEdit edit : edits) {
            next = next.with(edit);
        }
        return next;
    }
}
