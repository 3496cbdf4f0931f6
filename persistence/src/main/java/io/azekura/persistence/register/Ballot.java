package io.azekura.persistence.register;

/**
 * The number of one attempt at one register: a logical counter, made unique by the random id of the process start
 * that uses it. Ballots are not time (register rule 12). Counters are positive; {@link #ZERO} means "none yet".
 */
public record Ballot(long counter, long process) implements Comparable<Ballot> {
    public static final Ballot ZERO = new Ballot(0, 0);

    @Override
    public int compareTo(Ballot other) {
        int byCounter = Long.compare(counter, other.counter);
        return byCounter != 0 ? byCounter : Long.compareUnsigned(process, other.process);
    }

    public boolean isZero() {
        return counter == 0;
    }

    public static Ballot max(Ballot a, Ballot b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    @Override
    public String toString() {
        return counter + "." + Long.toHexString(process);
    }
}
