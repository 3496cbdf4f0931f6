package io.azekura.persistence.drive.crash;

import java.util.Random;

/** What becomes of one change that was not synced before a power cut. */
sealed interface Fate {
    int SECTOR_BYTES = 512;
    int PAGE_BYTES = 4096;

    Fate LOST = new Whole(false);
    Fate KEPT = new Whole(true);

    /** The file after this much of the change. May return the same array, changed. */
    byte[] apply(byte[] bytes, DiskCall.DataChange change);

    /** All of it or nothing. */
    record Whole(boolean isKept) implements Fate {
        @Override
        public byte[] apply(byte[] bytes, DiskCall.DataChange change) {
            if (!isKept) {
                return bytes;
            }
            if (change instanceof DiskCall.Write write) {
                byte[] longer = DiskModel.grown(bytes, write.offset() + write.bytes().length);
                System.arraycopy(write.bytes(), 0, longer, (int) write.offset(), write.bytes().length);
                return longer;
            }
            return java.util.Arrays.copyOf(bytes, (int) ((DiskCall.Truncate) change).bytes());
        }
    }

    /** How the sectors are chosen that a torn write leaves. */
    enum Tear {
        FRONT,
        BACK,
        SECTORS,
        PAGES,
        /** All but one, which holds neither what it held nor what was written. */
        SPOILT
    }

    /** Some sectors of a write. A truncation is then as if it had been kept. */
    record Torn(Tear tear, long seed) implements Fate {
        @Override
        public byte[] apply(byte[] bytes, DiskCall.DataChange change) {
            if (!(change instanceof DiskCall.Write write) || write.bytes().length == 0) {
                return KEPT.apply(bytes, change);
            }
            Random random = new Random(seed);
            long first = write.offset() / SECTOR_BYTES;
            long end = (write.offset() + write.bytes().length - 1) / SECTOR_BYTES + 1;
            int count = (int) (end - first);
            int cut = random.nextInt(count);
            byte[] torn = bytes;
            for (int i = 0; i < count; i++) {
                boolean isKept =
                        switch (tear) {
                            case FRONT -> i < cut;
                            case BACK -> i >= cut;
                            case SECTORS -> random.nextBoolean();
                            case PAGES -> (seed >>> (first + i) * SECTOR_BYTES / PAGE_BYTES % Long.SIZE & 1) == 0;
                            case SPOILT -> true;
                        };
                if (isKept) {
                    torn = copySector(torn, write, first + i);
                }
                if (tear == Tear.SPOILT && i == cut) {
                    spoil(torn, write, first + i, random);
                }
            }
            return random.nextBoolean() ? DiskModel.grown(torn, write.offset() + write.bytes().length) : torn;
        }

        private static byte[] copySector(byte[] bytes, DiskCall.Write write, long sector) {
            long from = Math.max(write.offset(), sector * SECTOR_BYTES);
            long to = Math.min(write.offset() + write.bytes().length, (sector + 1) * SECTOR_BYTES);
            byte[] longer = DiskModel.grown(bytes, to);
            System.arraycopy(write.bytes(), (int) (from - write.offset()), longer, (int) from, (int) (to - from));
            return longer;
        }

        private static void spoil(byte[] bytes, DiskCall.Write write, long sector, Random random) {
            long from = Math.max(write.offset(), sector * SECTOR_BYTES);
            long to = Math.min(write.offset() + write.bytes().length, (sector + 1) * SECTOR_BYTES);
            for (long i = from; i < to; i++) {
                bytes[(int) i] = (byte) random.nextInt();
            }
        }
    }
}
