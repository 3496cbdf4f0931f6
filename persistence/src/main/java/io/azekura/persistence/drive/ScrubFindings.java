package io.azekura.persistence.drive;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Collects what a scrub sees, in bounded memory. One thread adds, any thread reads. */
final class ScrubFindings {
    /** As many as anybody reads; what is wrong beyond that is counted. */
    static final int DAMAGES_MAX = 1000;

    private final Consumer<Damage> onDamage;
    private final List<Damage> damages = new ArrayList<>();
    private long damageCount;
    private long bytes;
    private long records;
    private long slots;
    private long files;

    /** Tells of every damage at once, each place once as long as it is in the list. */
    ScrubFindings(Consumer<Damage> onDamage) {
        this.onDamage = onDamage;
    }

    void add(Damage damage) {
        synchronized (this) {
            if (damages.stream().anyMatch(damage::isSamePlace)) {
                return;
            }
            damageCount++;
            if (damages.size() < DAMAGES_MAX) {
                damages.add(damage);
            }
        }
        onDamage.accept(damage);
    }

    synchronized void countBytes(long count) {
        bytes += count;
    }

    synchronized void countRecord() {
        records++;
    }

    synchronized void countSlot() {
        slots++;
    }

    synchronized void countFile() {
        files++;
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized long damageCount() {
        return damageCount;
    }

    synchronized ScrubReport report() {
        return new ScrubReport(bytes, records, slots, files, damages, damageCount);
    }
}
