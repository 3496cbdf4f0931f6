package io.azekura.persistence.erasure;

import io.azekura.persistence.Check;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Systematic Reed-Solomon code of k data and m parity shards: any k of the k + m give all the others back.
 *
 * <p>The code is a property of bytes at equal positions, so ranges may be coded in any pieces and in any order. What
 * it yields is part of the on-disk format and defined in {@link ParityMatrix}.
 *
 * <p>Methods take the shards as arrays in order, data first, and work in place on one range of all of them. The code
 * detects no damage: a shard whose checksum fails is to be given as not present. Arrays that are written must differ
 * from all the others.
 *
 * <p>Instances are immutable, shared and thread-safe.
 */
public final class ReedSolomon {
    public static final int SHARDS_MAX = 32;

    /** Each block of a repair is copied to working arrays of this size, which stay in the second-level cache. */
    private static final int REPAIR_BLOCK_BYTES = 4 * 1024;

    /** A plan costs microseconds: it is kept for the common case that the same few drives are down for long. */
    private static final int PLANS_MAX = 256;

    private static final byte[] ZEROS = new byte[REPAIR_BLOCK_BYTES];

    private static final Map<Integer, ReedSolomon> CODES = new ConcurrentHashMap<>();

    private final int dataShards;
    private final int parityShards;
    private final int[][] coefficients;
    private final int[][] selectors;
    private final ScalarReedSolomon scalar;
    private final Map<Long, RepairPlan> plans = new ConcurrentHashMap<>();

    private ReedSolomon(int dataShards, int parityShards) {
        this.dataShards = dataShards;
        this.parityShards = parityShards;
        coefficients = ParityMatrix.of(dataShards, parityShards);
        selectors = BitHorner.selectors(coefficients);
        scalar = new ScalarReedSolomon(dataShards, coefficients);
    }

    /**
     * The code for one layout, made at its first use and then compared to the scalar reference.
     *
     * @throws IllegalArgumentException unless there is at least one data shard and at most 32 shards in all
     */
    public static ReedSolomon of(int dataShards, int parityShards) {
        Check.argument(
                dataShards >= 1 && parityShards >= 0 && dataShards <= SHARDS_MAX - parityShards,
                "a code has 1 to 32 shards, at least one of them data");
        return CODES.computeIfAbsent(dataShards * (SHARDS_MAX + 1) + parityShards, key -> {
            ReedSolomon code = new ReedSolomon(dataShards, parityShards);
            code.compareToReference();
            return code;
        });
    }

    public int dataShards() {
        return dataShards;
    }

    public int parityShards() {
        return parityShards;
    }

    public int shards() {
        return dataShards + parityShards;
    }

    /**
     * Writes the range of all parity shards from the same range of the data shards.
     *
     * @throws IllegalArgumentException if there are not k + m arrays
     * @throws IndexOutOfBoundsException if the range is not within every array
     */
    public void encode(byte[][] shards, int offset, int length) {
        Check.argument(shards.length == shards(), "one array for each shard");
        for (byte[] shard : shards) {
            Objects.checkFromIndexSize(offset, length, shard.length);
        }
        if (parityShards > 0 && length > 0) {
            encoder(parityShards, length).encode(shards, parityShards, offset, offset + length);
        }
    }

    /**
     * Rebuilds the range of every shard that is not present, data and parity.
     *
     * @throws IllegalArgumentException if fewer than k shards are present, or there are not k + m arrays and flags
     * @throws IndexOutOfBoundsException if the range is not within every array
     */
    public void reconstruct(byte[][] shards, boolean[] present, int offset, int length) {
        boolean[] wanted = new boolean[present.length];
        Arrays.fill(wanted, true);
        reconstruct(shards, present, wanted, offset, length);
    }

    /**
     * Rebuilds the range of those shards that are wanted and not present. Arrays of shards that are neither wanted
     * nor present are not touched and may have any length.
     *
     * @throws IllegalArgumentException if fewer than k shards are present, or there are not k + m arrays and flags
     * @throws IndexOutOfBoundsException if the range is not within every array that is present or wanted
     */
    public void reconstruct(byte[][] shards, boolean[] present, boolean[] wanted, int offset, int length) {
        Check.argument(
                shards.length == shards() && present.length == shards() && wanted.length == shards(),
                "one array and one flag for each shard");
        int presentBits = 0;
        int targetBits = 0;
        for (int i = 0; i < shards.length; i++) {
            presentBits |= present[i] ? 1 << i : 0;
            targetBits |= wanted[i] && !present[i] ? 1 << i : 0;
            if (present[i] || wanted[i]) {
                Objects.checkFromIndexSize(offset, length, shards[i].length);
            }
        }
        Check.argument(Integer.bitCount(presentBits) >= dataShards, "fewer shards are present than data shards");
        if (targetBits == 0 || length == 0) {
            return;
        }
        RepairPlan plan = plan(presentBits, targetBits);
        if (plan.xorOnly()) {
            rebuildByXor(plan, shards, offset, length);
        } else {
            rebuild(plan, shards, present, offset, length);
        }
    }

    private RepairPlan plan(int present, int targets) {
        long key = ((long) targets << Integer.SIZE) | Integer.toUnsignedLong(present);
        if (plans.size() >= PLANS_MAX) {
            plans.clear();
        }
        return plans.computeIfAbsent(key, k -> new RepairPlan(dataShards, coefficients, present, targets));
    }

    private ParityEncoder encoder(int rows, int length) {
        return ParityMatrix.isPower(dataShards, parityShards)
                ? new ParityEncoder.Power(dataShards, scalar)
                : new ParityEncoder.General(dataShards, selectors, new BitHorner(dataShards, rows, length));
    }

    /**
     * The target is what parity row 0 would be, were the target's array the parity and parity row 0 in the target's
     * place.
     */
    private void rebuildByXor(RepairPlan plan, byte[][] shards, int offset, int length) {
        int target = plan.targets()[0];
        byte[][] swapped = Arrays.copyOf(shards, dataShards + 1);
        swapped[target] = shards[dataShards];
        swapped[dataShards] = shards[target];
        new ParityEncoder.Power(dataShards, scalar).encode(swapped, 1, offset, offset + length);
    }

    private void rebuild(RepairPlan plan, byte[][] shards, boolean[] present, int offset, int length) {
        int rows = plan.rows();
        int block = Math.min(length, REPAIR_BLOCK_BYTES);
        byte[][] work = new byte[dataShards + rows][];
        for (int i = 0; i < work.length; i++) {
            work[i] = i < dataShards && !present[i] ? ZEROS : new byte[BitHorner.wholeInts(block)];
        }
        byte[] kept = new byte[BitHorner.wholeInts(block)];
        byte[][] unknowns = pick(work, dataShards, plan.syndromeRows(), plan.lostRows());
        byte[][] rebuilt = new byte[plan.targets().length][BitHorner.wholeInts(block)];
        byte[][] products = Arrays.copyOf(rebuilt, plan.selectors().length);
        ParityEncoder encoder = encoder(rows, block);
        BitHorner product = new BitHorner(unknowns.length, products.length, block);
        for (int done = 0; done < length; done += block) {
            int at = offset + done;
            int bytes = Math.min(block, length - done);
            for (int j = 0; j < dataShards; j++) {
                if (present[j]) {
                    System.arraycopy(shards[j], at, work[j], 0, bytes);
                }
            }
            encoder.encode(work, rows, 0, bytes);
            for (int row : plan.syndromeRows()) {
                System.arraycopy(shards[dataShards + row], at, kept, 0, bytes);
                byte[] syndrome = work[dataShards + row];
                PowerRows.add(syndrome, kept, syndrome, 0, BitHorner.wholeInts(bytes));
            }
            product.multiply(plan.selectors(), unknowns, unknowns.length, 0, products, 0, bytes);
            byte[] last = rebuilt[rebuilt.length - 1];
            for (int i = 0; i < plan.summands(); i++) {
                PowerRows.add(i == 0 ? unknowns[0] : last, rebuilt[i], last, 0, BitHorner.wholeInts(bytes));
            }
            for (int i = 0; i < rebuilt.length; i++) {
                System.arraycopy(rebuilt[i], 0, shards[plan.targets()[i]], at, bytes);
            }
        }
    }

    private static byte[][] pick(byte[][] arrays, int base, int[]... indexes) {
        return Arrays.stream(indexes)
                .flatMapToInt(Arrays::stream)
                .mapToObj(i -> arrays[base + i])
                .toArray(byte[][]::new);
    }

    /** A coder that errs would make every copy of the data wrong at once: better not to start. */
    private void compareToReference() {
        int length = 1021;
        Random random = new Random(dataShards * 64L + parityShards);
        byte[][] shards = new byte[shards()][length];
        for (byte[] shard : shards) {
            random.nextBytes(shard);
        }
        byte[][] expected = Arrays.stream(shards).map(byte[]::clone).toArray(byte[][]::new);
        scalar.encode(expected, parityShards, 0, length);
        encode(shards, 0, length);
        Check.state(Arrays.deepEquals(expected, shards), "the fast coder disagrees with the scalar reference");
        boolean[] present = new boolean[shards()];
        Arrays.fill(present, parityShards, shards(), true);
        for (int i = 0; i < parityShards; i++) {
            Arrays.fill(shards[i], (byte) 0);
        }
        reconstruct(shards, present, 0, length);
        Check.state(Arrays.deepEquals(expected, shards), "the fast decoder does not give back what was coded");
    }
}
