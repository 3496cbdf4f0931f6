package io.azekura.persistence.drive;

import io.azekura.persistence.index.DriveIndex;
import io.azekura.persistence.index.Location;
import io.azekura.persistence.index.StoredSlot;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one drive on top of its index, with everything about them that is only in memory: the promises, the
 * rows that are on their way to the disk, and what is known chosen but not yet indexed. Divided into stripes by key,
 * each with its own lock and acceptor, so that one slow look-up holds up few others.
 *
 * <p>While a row of a key is on its way, whatever else asks about promises or rows of that key waits for it: no reply
 * ever rests on something that a crash could take back. That a ballot was chosen is a fact whether or not it was
 * written down, so it is shown at once.
 */
final class SlotTable {
    private static final int STRIPES = 32;

    /** Slots cached per stripe: those of the writes under way and of the last few hundred, at about 1 KiB each. */
    private static final int CACHED_MAX = 32;

    private static final float HASH_LOAD = 0.75f;

    private final DriveIndex index;
    private final Stripe[] stripes = new Stripe[STRIPES];
    private final ConcurrentMap<RegisterKey, Ballot> settling = new ConcurrentHashMap<>();

    SlotTable(DriveIndex index, long durableBound) {
        this.index = index;
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe(durableBound);
        }
    }

    Stripe stripe(RegisterKey key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return stripes[hash >>> (Integer.SIZE - Integer.numberOfTrailingZeros(STRIPES))];
    }

    /** The slot as the index has it, or null. */
    @Nullable
    StoredSlot durable(RegisterKey key) throws IOException {
        Stripe stripe = stripe(key);
        synchronized (stripe) {
            StoredSlot cached = stripe.cache.get(key);
            if (cached != null) {
                return cached;
            }
        }
        return index.get(key);
    }

    /** The slot as readers see it: durable rows, and every ballot known chosen. */
    StoredSlot view(RegisterKey key) throws IOException {
        // In this order: a ballot leaves the settling ones only when the durable slot has it.
        Ballot chosen = settling.get(key);
        StoredSlot stored = durable(key);
        return stored == null ? SlotChanges.EMPTY : withChosen(stored, chosen);
    }

    /** Whether a row names the shard and has it at this place. */
    boolean isOwnersPlace(DataId id, Location.InLog place) throws IOException {
        RegisterKey owner = index.owner(id, place.shard());
        StoredSlot stored = owner == null ? null : index.get(owner);
        return stored != null && place.equals(SlotChanges.find(stored, id, place.shard()));
    }

    /** A slot that was read earlier, with what is known chosen now. */
    StoredSlot view(RegisterKey key, StoredSlot stored) {
        return withChosen(stored, settling.get(key));
    }

    private static StoredSlot withChosen(StoredSlot stored, @Nullable Ballot chosen) {
        return chosen == null || stored.slot().rows().isEmpty() ? stored : SlotChanges.settle(stored, chosen);
    }

    /** Notes a chosen ballot that the index does not know yet. */
    void beginSettle(RegisterKey key, Ballot chosen) {
        settling.merge(key, chosen, Ballot::max);
    }

    /** The index knows the ballot now. */
    void endSettle(RegisterKey key, Ballot chosen) {
        settling.computeIfPresent(key, (same, latest) -> latest.compareTo(chosen) <= 0 ? null : latest);
    }

    /** The index has these slots now. */
    void applied(Map<RegisterKey, StoredSlot> slots) {
        slots.forEach((key, slot) -> {
            Stripe stripe = stripe(key);
            synchronized (stripe) {
                stripe.cache.put(key, slot);
            }
        });
    }

    /** The row of the key is durable, or will never be: lets those go on that waited for it. */
    void release(RegisterKey key) {
        Stripe stripe = stripe(key);
        List<Runnable> waiting;
        synchronized (stripe) {
            List<Runnable> removed = stripe.pending.remove(key);
            waiting = removed == null ? List.of() : removed;
        }
        waiting.forEach(Runnable::run);
    }

    /** A higher bound is durable. */
    void raiseBound(long counter) {
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                stripe.acceptor.raiseBound(counter);
            }
        }
    }

    /** Returns when every decision that was being made when it was called has been queued for the log. */
    void awaitDecisions() {
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                // Whoever held the monitor has left it.
            }
        }
    }

    /** One part of the table. Its methods are called with its monitor held. */
    final class Stripe {
        private final Acceptor acceptor;
        private final Map<RegisterKey, StoredSlot> cache;
        private final Map<RegisterKey, List<Runnable>> pending = new HashMap<>();

        private Stripe(long durableBound) {
            this.acceptor = new Acceptor(durableBound);
            this.cache = new LinkedHashMap<>(2 * CACHED_MAX, HASH_LOAD, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<RegisterKey, StoredSlot> eldest) {
                    return size() > CACHED_MAX;
                }
            };
        }

        Acceptor acceptor() {
            return acceptor;
        }

        boolean isPending(RegisterKey key) {
            return pending.containsKey(key);
        }

        /** If a row of the key is on its way, runs the action after it and returns true. */
        boolean awaitPending(RegisterKey key, Runnable again) {
            List<Runnable> waiting = pending.get(key);
            if (waiting == null) {
                return false;
            }
            waiting.add(again);
            return true;
        }

        /** A row of the key is on its way from now on, until {@link #release}. */
        void begin(RegisterKey key) {
            pending.put(key, new ArrayList<>());
        }

        /** Undoes {@link #begin} under the same hold of the monitor. */
        void cancel(RegisterKey key) {
            pending.remove(key);
        }

        /** The slot as readers see it, kept at hand for the request that will follow. */
        StoredSlot load(RegisterKey key) throws IOException {
            Ballot chosen = settling.get(key);
            StoredSlot stored = cache.get(key);
            if (stored == null) {
                StoredSlot found = index.get(key);
                stored = found == null ? SlotChanges.EMPTY : found;
                cache.put(key, stored);
            }
            return withChosen(stored, chosen);
        }
    }
}
