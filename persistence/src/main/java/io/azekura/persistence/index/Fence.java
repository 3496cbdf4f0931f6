package io.azekura.persistence.index;

/** What a drive durably refuses in one space (register rule 10): older configuration versions, or everything. */
public record Fence(long configVersion, boolean closed) {
    /** The last fence of a space: its bucket is deleted and never comes back, and whatever is left of it may go. */
    public static final Fence GONE = new Fence(Long.MAX_VALUE, true);

    public boolean isGone() {
        return equals(GONE);
    }
}
