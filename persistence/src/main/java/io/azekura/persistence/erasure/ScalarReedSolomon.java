package io.azekura.persistence.erasure;

/**
 * The code byte by byte from logarithm tables, straight from the definition in {@link ParityMatrix}: the reference to
 * which the fast loops are compared when the process starts and in the tests, and the coder of the last bytes that do
 * not fill an int.
 */
final class ScalarReedSolomon {
    private final int dataShards;
    private final int[][] coefficients;

    ScalarReedSolomon(int dataShards, int[][] coefficients) {
        this.dataShards = dataShards;
        this.coefficients = coefficients;
    }

    /** Writes the first so many parity shards from the data shards. */
    void encode(byte[][] shards, int rows, int from, int to) {
        for (int r = 0; r < rows; r++) {
            byte[] parity = shards[dataShards + r];
            for (int i = from; i < to; i++) {
                int sum = 0;
                for (int j = 0; j < dataShards; j++) {
                    sum ^= GaloisField.multiply(coefficients[r][j], shards[j][i] & 0xff);
                }
                parity[i] = (byte) sum;
            }
        }
    }
}
