package io.azekura.actors.object;

import io.azekura.actors.object.Listing.Entry;
import io.azekura.actors.object.Listing.ListedPage;
import io.azekura.actors.object.Listing.Query;
import io.azekura.persistence.drive.Drive.RowCursor;
import io.azekura.persistence.layout.Layout;
import io.azekura.persistence.layout.StripeSet;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One merge of the cursors of some drives into one page. Blocks on the drives; used by one thread, once. Keys that these
 * drives cannot decide (register rule 2) are listed as their highest row says and named in {@link #undecided}: the page
 * counts only when there are none.
 */
final class ListingPass {
    private final Query query;
    private final Map<Integer, Lane> drives;
    private final Layout layout;
    private final Map<Bytes, State> resolved;
    private final List<DriveCursor> cursors = new ArrayList<>();
    private final List<RegisterKey> undecided = new ArrayList<>();
    private volatile int busyDrive = -1;
    private volatile long busySince;

    /** A drive failed under the merge. */
    static final class DriveFailedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final int drive;

        private DriveFailedException(int drive, IOException cause) {
            super("drive " + drive + " failed under a listing", cause);
            this.drive = drive;
        }

        /** For a drive that kept the merge waiting. */
        DriveFailedException(int drive, Duration silence) {
            super("drive " + drive + " kept a listing waiting for " + silence);
            this.drive = drive;
        }

        int drive() {
            return drive;
        }
    }

    /** {@code drives} by place in the layout; {@code resolved} are keys that a register read decided since the listing began. */
    ListingPass(Query query, Map<Integer, Lane> drives, Layout layout, Map<Bytes, State> resolved) {
        this.query = query;
        this.drives = drives;
        this.layout = layout;
        this.resolved = resolved;
    }

    /** The keys that the drives could not decide. */
    List<RegisterKey> undecided() {
        return undecided;
    }

    /** The drive that has kept the merge waiting for at least so long, or -1. Safe for any thread. */
    int driveStuckFor(long nanos) {
        int drive = busyDrive;
        return drive >= 0 && System.nanoTime() - busySince >= nanos ? drive : -1;
    }

    ListedPage run() throws DriveFailedException {
        Bytes start = query.from().compareTo(query.prefix()) > 0 ? query.from() : query.prefix();
        try {
            for (Map.Entry<Integer, Lane> drive : drives.entrySet()) {
                cursors.add(new DriveCursor(drive.getKey(), drive.getValue(), start));
            }
            return merge();
        } finally {
            cursors.forEach(DriveCursor::close);
        }
    }

    private ListedPage merge() throws DriveFailedException {
        List<Entry> entries = new ArrayList<>();
        List<Bytes> prefixes = new ArrayList<>();
        for (Bytes key = leastKey(); key != null && key.startsWith(query.prefix()); key = leastKey()) {
            State state = stateOf(key);
            Bytes group = state.isLive() ? commonPrefix(key) : null;
            if (state.isLive() && entries.size() + prefixes.size() == query.entriesMax()) {
                return new ListedPage(entries, prefixes, key);
            }
            if (group != null) {
                prefixes.add(group);
                Bytes beyond = group.successorOfPrefix();
                if (beyond == null) {
                    break;
                }
                seek(beyond);
            } else {
                if (state.isLive()) {
                    entries.add(new Entry(key, state));
                }
                passBy(key);
            }
        }
        return new ListedPage(entries, prefixes, null);
    }

    private @Nullable Bytes leastKey() {
        Bytes least = null;
        for (DriveCursor cursor : cursors) {
            Bytes key = cursor.key;
            if (key != null && (least == null || key.compareTo(least) < 0)) {
                least = key;
            }
        }
        return least;
    }

    private void passBy(Bytes key) throws DriveFailedException {
        for (DriveCursor cursor : cursors) {
            if (cursor.standsOn(key)) {
                cursor.advance();
            }
        }
    }

    private void seek(Bytes beyond) throws DriveFailedException {
        for (DriveCursor cursor : cursors) {
            Bytes key = cursor.key;
            if (key != null && key.compareTo(beyond) < 0) {
                cursor.seek(beyond);
            }
        }
    }

    /** The prefix that the key is grouped under, the delimiter included, or null. */
    private @Nullable Bytes commonPrefix(Bytes key) {
        int at = key.indexOf(query.delimiter(), query.prefix().length());
        return at < 0 ? null : key.slice(0, at + query.delimiter().length());
    }

    /** What the drives of the key's own stripe set say; those that stand beyond the key certainly have nothing. */
    private State stateOf(Bytes key) {
        State known = resolved.get(key);
        if (known != null) {
            return known;
        }
        RegisterKey register = new RegisterKey(query.space(), key);
        StripeSet set = layout.stripeSet(register);
        Ballot settled = Ballot.ZERO;
        Row highest = null;
        int holders = 0;
        for (DriveCursor cursor : cursors) {
            if (!cursor.standsOn(key) || !set.drives().contains(cursor.drive)) {
                continue;
            }
            Slot slot = cursor.slot();
            settled = Ballot.max(settled, slot.settled());
            Row row = slot.highest();
            int order = row == null || highest == null ? 1 : row.accepted().compareTo(highest.accepted());
            if (row != null && order > 0) {
                highest = row;
                holders = 1;
            } else if (row != null && order == 0) {
                holders++;
            }
        }
        return decided(register, highest, settled, holders >= set.majority());
    }

    private State decided(RegisterKey register, @Nullable Row highest, Ballot settled, boolean byMajority) {
        Ballot accepted = highest == null ? Ballot.ZERO : highest.accepted();
        int order = accepted.compareTo(settled);
        if (order < 0 || (order > 0 && !byMajority)) {
            undecided.add(register);
        }
        return highest == null ? State.ABSENT : highest.state();
    }

    /** A cursor that stands on a key, or at the end when its key is null. */
    private final class DriveCursor {
        private final int drive;
        private final RowCursor cursor;
        private @Nullable Bytes key;

        private DriveCursor(int drive, Lane lane, Bytes start) throws DriveFailedException {
            this.drive = drive;
            try {
                begin();
                this.cursor = lane.drive().scan(query.space(), start);
            } catch (IOException failure) {
                throw new DriveFailedException(drive, failure);
            } finally {
                end();
            }
            try {
                advance();
            } catch (DriveFailedException failure) {
                cursor.close();
                throw failure;
            }
        }

        private void advance() throws DriveFailedException {
            try {
                begin();
                key = cursor.next() ? cursor.key() : null;
            } catch (IOException failure) {
                throw new DriveFailedException(drive, failure);
            } finally {
                end();
            }
        }

        private void seek(Bytes target) throws DriveFailedException {
            cursor.seek(target);
            advance();
        }

        private boolean standsOn(Bytes other) {
            return key != null && key.equals(other);
        }

        private Slot slot() {
            return cursor.slot();
        }

        private void close() {
            cursor.close();
        }

        private void begin() {
            busySince = System.nanoTime();
            busyDrive = drive;
        }

        private void end() {
            busyDrive = -1;
        }
    }
}
