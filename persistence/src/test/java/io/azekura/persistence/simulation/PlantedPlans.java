package io.azekura.persistence.simulation;

import io.azekura.persistence.simulation.Fault.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Random plans with one theme: many faults of few kinds, and clients that do what the theme is about. They show in a few
 * histories what takes thousands in which everything may happen.
 *
 * @param count how many faults a history has; with 0 it is what every build plays
 */
record PlantedPlans(String name, int count, List<Kind> faults, List<Deed.Kind> deeds) {
    /** Everything, as every build plays it. */
    static final PlantedPlans ALL = new PlantedPlans("usual", 0, List.of(), List.of());

    /** Processes of drives die while their disks are slow, and clients compete for one key. */
    static final PlantedPlans CRASHES = new PlantedPlans(
            "crashes",
            80,
            List.of(Kind.CRASH_DRIVE, Kind.CRASH_DRIVE, Kind.CRASH_DRIVE, Kind.SLOW_DISK, Kind.SLOW_NETWORK),
            List.of(Deed.Kind.PUT, Deed.Kind.PUT, Deed.Kind.DELETE, Deed.Kind.PUT_IF_ABSENT, Deed.Kind.GET));

    /** Drives lose what they had, while others are away. */
    static final PlantedPlans DAMAGE = new PlantedPlans(
            "damage",
            40,
            List.of(Kind.ROT, Kind.ANONYMOUS_ROT, Kind.CRASH_DRIVE, Kind.ISOLATE, Kind.CUT_IN, Kind.OLD_IMAGE),
            List.of(
                    Deed.Kind.PUT,
                    Deed.Kind.PUT_LARGE,
                    Deed.Kind.PUT_IF_ABSENT,
                    Deed.Kind.GET,
                    Deed.Kind.GET,
                    Deed.Kind.DELETE,
                    Deed.Kind.LIST));

    /** Gateways die in the middle of uploads and of what is told. */
    static final PlantedPlans DEATHS = new PlantedPlans(
            "deaths",
            40,
            List.of(Kind.KILL_GATEWAY, Kind.KILL_GATEWAY, Kind.PAUSE_GATEWAY, Kind.CUT_OUT),
            List.of(
                    Deed.Kind.VERSION_PUT,
                    Deed.Kind.VERSION_PUT,
                    Deed.Kind.VERSION_DELETE,
                    Deed.Kind.UPLOAD_BEGIN,
                    Deed.Kind.UPLOAD_PART,
                    Deed.Kind.UPLOAD_PART,
                    Deed.Kind.UPLOAD_COMPLETE,
                    Deed.Kind.UPLOAD_ABORT,
                    Deed.Kind.LIST));

    private static final int CLIENTS = 6;
    private static final int DEEDS = 110;
    private static final int BRIEF_MICROS_MAX = 150_000;

    Plan plan(long seed) {
        Plan usual = Plan.of(seed);
        if (count == 0) {
            return usual;
        }
        Random random = new Random(seed * 31 + count);
        return new Plan(usual.shape(), deeds.isEmpty() ? usual.deeds() : randomDeeds(random), randomFaults(random));
    }

    private List<Deed> randomDeeds(Random random) {
        List<Deed> all = new ArrayList<>();
        for (int i = 0; i < DEEDS; i++) {
            Deed.Kind kind = deeds.get(random.nextInt(deeds.size()));
            all.add(new Deed(
                    50_000 + random.nextInt((int) Plan.BUSY_MICROS),
                    random.nextInt(CLIENTS),
                    kind,
                    0,
                    random.nextInt(1000)));
        }
        all.sort(Comparator.comparingLong(Deed::atMicros));
        return all;
    }

    private List<Fault> randomFaults(Random random) {
        List<Fault> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new Fault(
                    100_000 + random.nextInt((int) Plan.BUSY_MICROS),
                    faults.get(random.nextInt(faults.size())),
                    random.nextInt(1000),
                    random.nextInt(1000),
                    20_000 + random.nextInt(BRIEF_MICROS_MAX)));
        }
        all.sort(Comparator.comparingLong(Fault::atMicros));
        return all;
    }
}
