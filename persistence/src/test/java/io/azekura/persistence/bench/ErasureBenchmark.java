package io.azekura.persistence.bench;

import io.azekura.persistence.erasure.ReedSolomon;
import java.util.Arrays;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reed-Solomon: bytes of data shards coded, or made whole again, per second. */
@State(Scope.Thread)
public class ErasureBenchmark {
    /** What all shard sizes and layouts share. */
    @State(Scope.Thread)
    public static class Stripe {
        @Param({"2+2", "4+2", "8+4", "12+4"})
        public String layout = "";

        @Param({"65536", "262144", "1048576"})
        public int shardBytes;

        ReedSolomon code = ReedSolomon.of(1, 0);
        byte[][] shards = {};

        @Setup
        public void fill() {
            String[] counts = layout.split("[+]", -1);
            code = ReedSolomon.of(Integer.parseInt(counts[0]), Integer.parseInt(counts[1]));
            shards = new byte[code.shards()][shardBytes];
            Random random = new Random(1);
            for (byte[] shard : shards) {
                random.nextBytes(shard);
            }
        }

        boolean[] presentWithout(int lost) {
            boolean[] present = new boolean[code.shards()];
            Arrays.fill(present, lost, present.length, true);
            return present;
        }

        long userBytes() {
            return (long) code.dataShards() * shardBytes;
        }
    }

    @Benchmark
    public byte[][] encode(Stripe stripe, UserBytes counter) {
        stripe.code.encode(stripe.shards, 0, stripe.shardBytes);
        counter.userBytes += stripe.userBytes();
        return stripe.shards;
    }

    @Benchmark
    public byte[][] reconstructOneLost(Stripe stripe, UserBytes counter) {
        return reconstruct(stripe, counter, 1);
    }

    @Benchmark
    public byte[][] reconstructTwoLost(Stripe stripe, UserBytes counter) {
        return reconstruct(stripe, counter, 2);
    }

    /** As many data shards lost as there are parity shards. */
    @Benchmark
    public byte[][] reconstructMostLost(Stripe stripe, UserBytes counter) {
        return reconstruct(stripe, counter, stripe.code.parityShards());
    }

    private static byte[][] reconstruct(Stripe stripe, UserBytes counter, int lost) {
        stripe.code.reconstruct(stripe.shards, stripe.presentWithout(lost), 0, stripe.shardBytes);
        counter.userBytes += stripe.userBytes();
        return stripe.shards;
    }
}
