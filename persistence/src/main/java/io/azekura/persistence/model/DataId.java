package io.azekura.persistence.model;

/**
 * Names the bytes of one write attempt, for ever: never reused, so that a shard file or an inline shard can be told
 * from any other by name alone. {@code process} is the random id of the process start that made it, {@code sequence}
 * its counter there.
 */
public record DataId(long process, long sequence) implements Comparable<DataId> {
    @Override
    public int compareTo(DataId other) {
        int byProcess = Long.compareUnsigned(process, other.process);
        return byProcess != 0 ? byProcess : Long.compareUnsigned(sequence, other.sequence);
    }

    /** Thirty-two hexadecimal digits: the name of the shard file. */
    @Override
    public String toString() {
        return String.format(java.util.Locale.ROOT, "%016x%016x", process, sequence);
    }
}
