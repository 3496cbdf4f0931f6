package io.azekura.persistence.drive;

import io.azekura.persistence.drive.crash.DiskImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/** Cuts the power of a file system under a loaded drive again and again, and looks each time for what was acknowledged. */
final class PowerCuts {
    private static final int ACKNOWLEDGEMENTS_MAX = 1500;

    /** One cut in so many comes while the drive is being opened or just was. */
    private static final int EARLY_ONE_IN = 4;

    private final Random random;
    private final RunningWriter.Acknowledged acknowledged = new RunningWriter.Acknowledged();
    private int early;
    private int drives;
    private long nanosMax;

    private PowerCuts(long seed) {
        this.random = new Random(seed);
    }

    /** Takes the number of cuts and the seed. */
    public static void main(String[] arguments) throws Exception {
        String obstacle = Ext4Volume.obstacle();
        if (obstacle != null) {
            System.out.println("skipped: " + obstacle);
            return;
        }
        int cuts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
        Path directory = CrashStatesMain.memory();
        try {
            System.out.println(play(cuts, seed, directory));
        } finally {
            DiskImage.delete(directory);
        }
    }

    /** Plays and says what was seen; throws at the first loss. */
    static String play(int cuts, long seed, Path directory) throws Exception {
        PowerCuts played = new PowerCuts(seed);
        long begun = System.nanoTime();
        try (Ext4Volume volume = new Ext4Volume(directory)) {
            DriveDirectory drive = played.newDrive(volume);
            for (int cut = 0; cut < cuts; cut++) {
                if (Files.getFileStore(volume.root()).getUsableSpace()
                        < Files.getFileStore(volume.root()).getTotalSpace() / 2) {
                    DiskImage.delete(drive.path());
                    drive = played.newDrive(volume);
                }
                played.cut(volume, drive, 1L + cut);
                if (!drive.faults().isEmpty()) {
                    throw new AssertionError(
                            "the drive became faulty", drive.faults().get(0));
                }
            }
        }
        return String.format(
                Locale.ROOT,
                "%d cuts of the power, seed %d, %d of them while a drive was opened; %d drives; %d acknowledged"
                        + " writes, none lost; opening took %.0f ms at most; %d s",
                cuts,
                seed,
                played.early,
                played.drives,
                played.acknowledged.total(),
                played.nanosMax / 1e6,
                (System.nanoTime() - begun) / 1_000_000_000L);
    }

    private DriveDirectory newDrive(Ext4Volume volume) throws IOException {
        acknowledged.forget();
        return DriveDirectory.create(volume.root().resolve("drive" + drives++));
    }

    private void cut(Ext4Volume volume, DriveDirectory directory, long round) throws Exception {
        try (Ext4Volume.Switch power = volume.new Switch();
                RunningWriter writer = new RunningWriter(directory.path(), round, acknowledged)) {
            writer.begin();
            boolean isEarly = random.nextInt(EARLY_ONE_IN) == 0;
            if (isEarly) {
                early++;
            } else if (!writer.listen(1 + random.nextInt(ACKNOWLEDGEMENTS_MAX))) {
                throw new AssertionError("the writer ended by itself");
            }
            power.cut();
            writer.kill();
        }
        volume.restart();
        long begun = System.nanoTime();
        try (DriveEngine drive = directory.open()) {
            nanosMax = Math.max(nanosMax, System.nanoTime() - begun);
            acknowledged.requireAllIn(drive);
        }
    }
}
