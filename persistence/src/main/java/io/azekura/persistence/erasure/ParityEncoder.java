package io.azekura.persistence.erasure;

/** One way to compute parity; an encoder serves one thread at a time. */
interface ParityEncoder {
    /**
     * Writes the first rows of parity from all data.
     *
     * @param shards the data shards, and behind them an array for each row to write
     * @param rows how many rows to write, from row 0 on
     * @param from index of the first byte in every array
     * @param to index behind the last byte in every array
     */
    void encode(byte[][] shards, int rows, int from, int to);

    /** By shifts: for the power matrix. */
    record Power(int dataShards, ScalarReedSolomon lastBytes) implements ParityEncoder {
        @Override
        public void encode(byte[][] shards, int rows, int from, int to) {
            int wholeInts = to - (to - from) % Integer.BYTES;
            PowerRows.encode(shards, dataShards, rows, from, wholeInts);
            lastBytes.encode(shards, rows, wholeInts, to);
        }
    }

    /** By the bits of the coefficients: for the Cauchy matrix. */
    final class General implements ParityEncoder {
        private final int dataShards;
        private final int[][] selectors;
        private final BitHorner product;

        General(int dataShards, int[][] selectors, BitHorner product) {
            this.dataShards = dataShards;
            this.selectors = selectors;
            this.product = product;
        }

        @Override
        public void encode(byte[][] shards, int rows, int from, int to) {
            byte[][] parity = new byte[rows][];
            System.arraycopy(shards, dataShards, parity, 0, rows);
            product.multiply(selectors, shards, dataShards, from, parity, from, to - from);
        }
    }
}
