package io.azekura.persistence.object;

import io.azekura.persistence.register.State;
import java.io.IOException;

/**
 * What a bucket holds, kept up to date by the same row changes that change it: equal to a census whenever no write is
 * in flight. Parts of open uploads are no versions and do not count.
 *
 * @param objects keys whose current version is an object
 * @param versions all versions, delete markers included
 * @param bytes the length of all versions
 */
public record Usage(long objects, long versions, long bytes) {
    public static final Usage NONE = new Usage(0, 0, 0);

    /** What one object's register contributes. */
    public static Usage of(State state) throws IOException {
        Head head = HeadFormat.of(state);
        Version current = head.current();
        return new Usage(
                head.hasObject() ? 1 : 0,
                state.history().count() + (current != null ? 1 : 0),
                head.older().bytes() + (current != null ? current.size() : 0));
    }

    /** What to add when one state of a register is replaced by another; undoing the replacement is the reverse. */
    public static Usage delta(State before, State after) throws IOException {
        return of(after).minus(of(before));
    }

    public Usage plus(Usage other) {
        return new Usage(objects + other.objects, versions + other.versions, bytes + other.bytes);
    }

    public Usage minus(Usage other) {
        return new Usage(objects - other.objects, versions - other.versions, bytes - other.bytes);
    }
}
