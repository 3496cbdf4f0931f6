package io.azekura.persistence.simulation;

/** One thing that goes wrong, decided before the history begins, so that a failing history can be made shorter. */
record Fault(long atMicros, Kind kind, int target, int other, long durationMicros) {
    enum Kind {
        KILL_GATEWAY,
        PAUSE_GATEWAY,
        CRASH_DRIVE,
        PAUSE_DRIVE,
        WIPE_DRIVE,
        OLD_IMAGE,
        LYING_SYNC,
        FAILED_SYNC,
        SLOW_DISK,
        ROT,
        ANONYMOUS_ROT,
        LOSS,
        DUPLICATION,
        SLOW_NETWORK,
        ISOLATE,
        CUT_IN,
        CUT_OUT,
        CUT_LINK,
        HALVES,
        RING,
        BRIDGE,
        FLAP,
        CLOCK_JUMP,
        CRASH_ALL,
        /** A partition moves: its drive at a position is replaced by another. */
        MOVE,
        /** A move that is under way is taken back. */
        ROLL_BACK
    }
}
