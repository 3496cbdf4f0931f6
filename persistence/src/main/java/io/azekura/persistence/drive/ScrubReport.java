package io.azekura.persistence.drive;

import java.util.List;

/**
 * What a scrub saw.
 *
 * @param bytes bytes read and verified
 * @param records records of the log that are sound
 * @param slots keys of which every shard and body was looked at
 * @param files shard files that were looked at
 * @param damages the first damages found, by place
 * @param damageCount how many were found in all
 */
public record ScrubReport(long bytes, long records, long slots, long files, List<Damage> damages, long damageCount) {
    public ScrubReport {
        damages = List.copyOf(damages);
    }

    /** Whether nothing at all is wrong. */
    public boolean isClean() {
        return damageCount == 0;
    }

    /** Whether nothing that is needed is lost, as far as the list of damages goes. */
    public boolean isSound() {
        return damages.size() == damageCount && damages.stream().noneMatch(Damage::isLoss);
    }
}
