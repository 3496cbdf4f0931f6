package io.azekura.persistence.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Everything about a history that is decided before it begins. */
record Plan(World.Shape shape, List<Deed> deeds, List<Fault> faults) {
    static final long BUSY_MICROS = 3_000_000;
    private static final int CLIENTS = 6;
    private static final int DEEDS = 110;
    private static final int BUCKET_DEEDS = 10;
    /** Deeds about buckets come in bursts, since most of what can go wrong is between two that are near. */
    private static final int BUCKET_BURSTS = 4;

    private static final long BURST_MICROS = 120_000;
    private static final int FAULTS_MIN = 3;
    private static final int FAULTS_MORE = 8;

    /** What clients do, by how often they do it. */
    private static final Deed.Kind[] MIX = {
        Deed.Kind.PUT,
        Deed.Kind.PUT,
        Deed.Kind.PUT,
        Deed.Kind.PUT,
        Deed.Kind.PUT_LARGE,
        Deed.Kind.PUT_LARGE,
        Deed.Kind.PUT_LARGE,
        Deed.Kind.PUT_IF_ABSENT,
        Deed.Kind.PUT_IF_MATCH,
        Deed.Kind.PUT_IF_MATCH,
        Deed.Kind.GET,
        Deed.Kind.GET,
        Deed.Kind.GET,
        Deed.Kind.GET,
        Deed.Kind.GET,
        Deed.Kind.HEAD,
        Deed.Kind.DELETE,
        Deed.Kind.DELETE,
        Deed.Kind.DELETE,
        Deed.Kind.COPY,
        Deed.Kind.LIST,
        Deed.Kind.LIST,
        Deed.Kind.VERSION_PUT,
        Deed.Kind.VERSION_PUT,
        Deed.Kind.VERSION_PUT,
        Deed.Kind.VERSION_MARK,
        Deed.Kind.VERSION_DELETE,
        Deed.Kind.VERSION_DELETE,
        Deed.Kind.VERSION_GET,
        Deed.Kind.VERSION_LIST,
        Deed.Kind.UPLOAD_BEGIN,
        Deed.Kind.UPLOAD_PART,
        Deed.Kind.UPLOAD_PART,
        Deed.Kind.UPLOAD_PART,
        Deed.Kind.UPLOAD_COMPLETE,
        Deed.Kind.UPLOAD_COMPLETE,
        Deed.Kind.UPLOAD_ABORT,
        Deed.Kind.JOURNAL_APPEND,
        Deed.Kind.JOURNAL_APPEND,
        Deed.Kind.JOURNAL_APPEND,
        Deed.Kind.JOURNAL_APPEND,
        Deed.Kind.JOURNAL_REPLAY,
        Deed.Kind.JOURNAL_DELETE
    };

    /** What clients do with the bucket that comes and goes, by how often they do it. */
    private static final Deed.Kind[] BUCKET_MIX = {
        Deed.Kind.BUCKET_CREATE,
        Deed.Kind.BUCKET_CREATE,
        Deed.Kind.BUCKET_CREATE,
        Deed.Kind.BUCKET_DELETE,
        Deed.Kind.BUCKET_DELETE,
        Deed.Kind.BUCKET_DELETE,
        Deed.Kind.BUCKET_RECONFIGURE,
        Deed.Kind.BUCKET_PUT,
        Deed.Kind.BUCKET_PUT,
        Deed.Kind.BUCKET_PUT,
        Deed.Kind.BUCKET_REMOVE,
        Deed.Kind.BUCKET_REMOVE,
        Deed.Kind.BUCKET_LIST
    };

    private static final World.Shape[] SHAPES = {
        new World.Shape(5, 4, 2, 2),
        new World.Shape(6, 4, 2, 2),
        new World.Shape(6, 5, 3, 2),
        new World.Shape(4, 3, 1, 2),
        new World.Shape(7, 6, 4, 2)
    };

    static Plan of(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        World.Shape shape = SHAPES[random.nextInt(SHAPES.length)];
        List<Deed> deeds = new ArrayList<>();
        for (int i = 0; i < DEEDS; i++) {
            long at = 50_000 + (long) (random.nextDouble() * BUSY_MICROS);
            Deed.Kind kind = MIX[random.nextInt(MIX.length)];
            int keys = kind.name().startsWith("VERSION") || kind.name().startsWith("JOURNAL") ? 1 : 2;
            deeds.add(new Deed(at, random.nextInt(CLIENTS), kind, random.nextInt(keys), random.nextInt(1000)));
        }
        // Of a source of their own, so that the other deeds are what they were without them.
        addBucketDeeds(new Random(seed * 0x9E3779B97F4A7C15L + 2), deeds);
        deeds.sort(java.util.Comparator.comparingLong(Deed::atMicros));
        List<Fault> faults = new ArrayList<>();
        int count = FAULTS_MIN + random.nextInt(FAULTS_MORE);
        Fault.Kind[] kinds = Fault.Kind.values();
        for (int i = 0; i < count; i++) {
            long at = 100_000 + (long) (random.nextDouble() * BUSY_MICROS);
            faults.add(new Fault(
                    at,
                    kinds[random.nextInt(kinds.length)],
                    random.nextInt(1000),
                    random.nextInt(1000),
                    20_000 + (long) (random.nextDouble() * 600_000)));
        }
        faults.sort(java.util.Comparator.comparingLong(Fault::atMicros));
        return new Plan(shape, deeds, faults);
    }

    private static void addBucketDeeds(Random random, List<Deed> deeds) {
        long[] bursts = new long[BUCKET_BURSTS];
        for (int burst = 0; burst < BUCKET_BURSTS; burst++) {
            bursts[burst] = 50_000 + (long) (random.nextDouble() * BUSY_MICROS);
        }
        java.util.Arrays.sort(bursts);
        for (int i = 0; i < BUCKET_DEEDS; i++) {
            long at = bursts[random.nextInt(BUCKET_BURSTS)] + random.nextInt((int) BURST_MICROS);
            // Without a bucket at the beginning half of the deeds would find none.
            Deed.Kind kind = i == 0 ? Deed.Kind.BUCKET_CREATE : BUCKET_MIX[random.nextInt(BUCKET_MIX.length)];
            deeds.add(new Deed(
                    i == 0 ? bursts[0] : at, random.nextInt(CLIENTS), kind, random.nextInt(2), random.nextInt(1000)));
        }
    }
}
