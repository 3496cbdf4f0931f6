package io.azekura.persistence.simulation;

import io.azekura.persistence.replica.ReplicaRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The log of one drive: batches of records, appended and synced in groups. What was synced survives a crash; of what was
 * not, any prefix may. A batch is one unit: a torn one is gone as a whole, which is what its checksum says.
 */
class SimDisk {
    private static final long SYNC_MICROS = 300;

    private final Kernel kernel;
    private final Random random;
    private final List<Batch> log = new ArrayList<>();
    private final List<Batch> waiting = new ArrayList<>();
    private int synced;
    private boolean syncing;
    private boolean lying;
    private boolean lied;
    private boolean faulty;
    private long slowMicros;
    private long syncs;
    private int generation;

    /** One append. {@code damaged} says that it can no longer be read, {@code anonymous} not even whose it was. */
    static final class Batch {
        private final List<ReplicaRecord> records;
        private final Runnable durable;
        private final long micros;
        private boolean damaged;
        private boolean anonymous;

        private Batch(List<ReplicaRecord> records, Runnable durable, long micros) {
            this.records = records;
            this.durable = durable;
            this.micros = micros;
        }

        List<ReplicaRecord> records() {
            return records;
        }

        long micros() {
            return micros;
        }

        boolean isDamaged() {
            return damaged;
        }

        boolean isAnonymous() {
            return anonymous;
        }
    }

    SimDisk(Kernel kernel, String name) {
        this.kernel = kernel;
        this.random = kernel.random("disk " + name);
    }

    long syncs() {
        return syncs;
    }

    /** Whether it ever lied. */
    boolean hasLied() {
        return lied;
    }

    boolean isLying() {
        return lying;
    }

    int length() {
        return log.size();
    }

    boolean isFaulty() {
        return faulty;
    }

    /** Queues a batch; the action runs once it is on stable storage, if ever. */
    void append(Kernel.Task owner, List<ReplicaRecord> records, Runnable durable) {
        Batch batch = new Batch(records, durable, kernel.now());
        log.add(batch);
        waiting.add(batch);
        if (!syncing && !faulty) {
            sync(owner);
        }
    }

    private void sync(Kernel.Task owner) {
        syncing = true;
        syncs++;
        List<Batch> group = new ArrayList<>(waiting);
        waiting.clear();
        int mine = generation;
        long took = SYNC_MICROS + random.nextInt(200) + (slowMicros == 0 ? 0 : random.nextInt((int) slowMicros));
        kernel.after(took, owner, () -> {
            if (mine != generation || faulty) {
                return;
            }
            syncing = false;
            if (!lying) {
                synced = Math.max(synced, log.lastIndexOf(group.get(group.size() - 1)) + 1);
            }
            group.forEach(batch -> batch.durable.run());
            if (!waiting.isEmpty() && !syncing) {
                sync(owner);
            }
        });
    }

    /** Syncs report success and do nothing, until the next crash. */
    void lie() {
        lying = true;
        lied = true;
    }

    void setSlow(long micros) {
        slowMicros = micros;
    }

    /** The next sync fails, and everything after it. */
    void fail() {
        faulty = true;
    }

    /** Power is lost: a random prefix of what was not synced stays. */
    void crash() {
        generation++;
        syncing = false;
        waiting.clear();
        int keep = synced + (log.size() > synced ? random.nextInt(log.size() - synced + 1) : 0);
        while (log.size() > keep) {
            log.remove(log.size() - 1);
        }
        synced = log.size();
        lying = false;
        faulty = false;
        slowMicros = 0;
    }

    /** An old image of the drive is put back: everything after so many batches is gone. */
    void rollBack(int length) {
        while (log.size() > length) {
            log.remove(log.size() - 1);
        }
        synced = log.size();
    }

    /** Makes a random batch unreadable, and tells which, or null when there is none. */
    @Nullable
    Batch damage(boolean anonymously) {
        if (synced == 0) {
            return null;
        }
        Batch victim = log.get(random.nextInt(synced));
        victim.damaged = true;
        victim.anonymous |= anonymously;
        return victim;
    }

    /** What a mount finds. */
    List<Batch> read() {
        return List.copyOf(log);
    }
}
