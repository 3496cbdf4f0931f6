package io.azekura.persistence.control;

import org.jspecify.annotations.Nullable;

/**
 * How far the move of a partition from one stripe set to another has come (register rule 9). Each stage is a layout
 * version of its own, and each begins only when majorities of the old and of the new set have durably seen the one before;
 * so gateways that know different versions are never more than one stage apart in what drives still accept.
 */
public enum Stage {
    /** One stripe set. */
    STABLE(0),
    /** The new set's additional drives learn: they get every write and count nowhere. */
    FILLING(1),
    /** Writes need majorities of both sets, reads ask the old one. */
    WRITE_BOTH_READ_OLD(2),
    /** Writes need majorities of both sets, reads ask the new one. */
    WRITE_BOTH_READ_NEW(3);

    private final int number;

    Stage(int number) {
        this.number = number;
    }

    /** What formats write; never changes. */
    int number() {
        return number;
    }

    /** The stage that formats write so, or null. */
    static @Nullable Stage of(int number) {
        for (Stage stage : values()) {
            if (stage.number == number) {
                return stage;
            }
        }
        return null;
    }
}
