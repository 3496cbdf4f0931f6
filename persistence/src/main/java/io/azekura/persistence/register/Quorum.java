package io.azekura.persistence.register;

import io.azekura.persistence.Check;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which of a register's replicas must answer. Replicas are numbered, at most 32, and sets of them are bits. Outside a
 * layout change there is one group, the stripe set. While a partition moves there are two, the old set and the new one,
 * and a prepare or an accept needs a majority of <em>both</em> (register rule 9); a plain read asks the one group that the
 * stage of the move says. A replica in no group is a learner: it gets every write and counts nowhere.
 *
 * @param roles for each replica its position in the stripe set, which says what shards are its own; an old and a new
 *     replica may have the same
 * @param writing every group of which a majority must promise and accept
 * @param reading the group that plain reads ask
 */
public record Quorum(List<Integer> roles, List<Integer> writing, int reading) {
    /** Most replicas of one register: two sets of the widest kind would be more, and are not moved at once. */
    public static final int REPLICAS_MAX = 32;

    public Quorum {
        roles = List.copyOf(roles);
        writing = List.copyOf(writing);
        Check.argument(!roles.isEmpty() && roles.size() <= REPLICAS_MAX, "a register has 1 to 32 replicas");
        Check.argument(writing.size() == 1 || writing.size() == 2, "one or two groups of replicas");
        for (int group : writing) {
            Check.argument(group != 0 && (group & ~all(roles.size())) == 0, "a group of replicas that do not exist");
        }
        Check.argument(writing.contains(reading), "reads ask a group that writes go to");
    }

    /** A stripe set of so many drives that does not move. */
    public Quorum(int drives) {
        this(IntStream.range(0, drives).boxed().toList(), List.of(all(drives)), all(drives));
    }

    public int replicas() {
        return roles.size();
    }

    /** All replicas, learners included. */
    public int everybody() {
        return all(roles.size());
    }

    /** Whether these replicas are a majority of every group. */
    public boolean isWrite(int set) {
        for (int group : writing) {
            if (!isMajority(set, group)) {
                return false;
            }
        }
        return true;
    }

    /** Whether these replicas are a majority of the group that is read. */
    public boolean isReadMajority(int set) {
        return isMajority(set, reading);
    }

    /** Whether these replicas meet every majority of the group that is read: N − W + 1 of them do. */
    public boolean isRead(int set) {
        return Integer.bitCount(set & reading) >= size(reading) - majority(reading) + 1;
    }

    private static boolean isMajority(int set, int group) {
        return Integer.bitCount(set & group) >= majority(group);
    }

    /** W of a group. */
    private static int majority(int group) {
        return size(group) / 2 + 1;
    }

    private static int size(int group) {
        return Integer.bitCount(group);
    }

    private static int all(int replicas) {
        return replicas >= Integer.SIZE ? -1 : (1 << replicas) - 1;
    }
}
