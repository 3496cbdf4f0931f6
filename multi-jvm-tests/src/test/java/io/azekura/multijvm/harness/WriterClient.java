package io.azekura.multijvm.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * One client that writes, deletes and reads keys which nobody else writes, and keeps a {@link Ledger} of what it was
 * promised. One thread at a time. Failed requests are expected, wrong answers are collected.
 */
public final class WriterClient {
    private static final AtomicLong SEEDS = new AtomicLong();

    private static final int READS_MAX = 5;
    private static final int INLINE_MAX = 16 << 10;
    private static final int MEDIUM_MAX = 400 << 10;
    private static final int LARGE_MAX = 6 << 20;

    private final String bucket;
    private final String prefix;
    private final int keys;
    private final SplittableRandom random;
    private final Ledger ledger = new Ledger();
    private final List<String> violations = new ArrayList<>();
    private final List<String> repeatedReads = new ArrayList<>();
    private long acknowledged;
    private long failed;

    public WriterClient(String bucket, String prefix, int keys, long seed) {
        this.bucket = bucket;
        this.prefix = prefix;
        this.keys = keys;
        this.random = new SplittableRandom(seed);
    }

    /** Sends one request to a random key. Returns false if it failed. */
    public boolean step(S3Client client) {
        String key = prefix + random.nextInt(keys);
        int dice = random.nextInt(10);
        try {
            if (dice < 6) {
                put(client, key);
            } else if (dice < 8) {
                delete(client, key);
            } else {
                verify(client, key);
            }
            return true;
        } catch (SdkException | IOException | UncheckedIOException e) {
            failed++;
            return false;
        }
    }

    /**
     * Reads every key that was ever written and compares it with what was promised. To be called when every process
     * that took a request of {@link #step} has ended. A read that fails is repeated, and counted: an error breaks no
     * promise unless it stays.
     */
    public void verifyAll(S3Client client) {
        for (String key : ledger.keys()) {
            Optional<byte[]> read = readPatiently(client, key);
            shown(key, read).ifPresent(state -> ledger.settle(key, state));
        }
    }

    private Optional<byte[]> readPatiently(S3Client client, String key) {
        for (int attempt = 1; ; attempt++) {
            try {
                return read(client, key);
            } catch (SdkException | IOException | UncheckedIOException e) {
                repeatedReads.add(key + ": " + e);
                if (attempt == READS_MAX) {
                    throw new AssertionError(key + " cannot be read: " + repeatedReads, e);
                }
            }
        }
    }

    /** The keys that a listing must show, once {@link #verifyAll} has cleared all doubts. */
    public Set<String> present() {
        return ledger.present();
    }

    /** Everything that broke a promise, in words. */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    /** Reads after a restart that failed and were repeated, with the reason. */
    public List<String> repeatedReads() {
        return List.copyOf(repeatedReads);
    }

    public long acknowledged() {
        return acknowledged;
    }

    public long failed() {
        return failed;
    }

    private void put(S3Client client, String key) {
        Content content = new Content(SEEDS.incrementAndGet(), length());
        Optional<Content> state = Optional.of(content);
        ledger.begin(key, state);
        client.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromBytes(content.bytes()));
        ledger.acknowledge(key, state);
        acknowledged++;
    }

    private void delete(S3Client client, String key) {
        ledger.begin(key, Optional.empty());
        client.deleteObject(delete -> delete.bucket(bucket).key(key));
        ledger.acknowledge(key, Optional.empty());
        acknowledged++;
    }

    private void verify(S3Client client, String key) throws IOException {
        Optional<byte[]> read = read(client, key);
        shown(key, read).ifPresent(state -> ledger.acknowledge(key, state));
    }

    /** Which of the possible states a read has shown; if none, that is a violation. */
    private Optional<Optional<Content>> shown(String key, Optional<byte[]> read) {
        Set<Optional<Content>> possible = ledger.possible(key);
        for (Optional<Content> state : possible) {
            if (same(state, read)) {
                return Optional.of(state);
            }
        }
        violations.add(key + " shows "
                + read.map(bytes -> bytes.length + " bytes").orElse("nothing") + ", promised was one of " + possible);
        return Optional.empty();
    }

    private Optional<byte[]> read(S3Client client, String key) throws IOException {
        try (ResponseInputStream<GetObjectResponse> body =
                client.getObject(get -> get.bucket(bucket).key(key))) {
            byte[] bytes = body.readAllBytes();
            // The JDK's HTTP client takes a connection that is cut in the middle of a body for the body's end.
            if (bytes.length != body.response().contentLength()) {
                throw new IOException("cut off after " + bytes.length + " of "
                        + body.response().contentLength() + " bytes");
            }
            return Optional.of(bytes);
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    private static boolean same(Optional<Content> state, Optional<byte[]> read) {
        if (state.isEmpty() || read.isEmpty()) {
            return state.isEmpty() && read.isEmpty();
        }
        return java.util.Arrays.equals(state.get().bytes(), read.get());
    }

    /** Mostly small, with every path of the store: whole in the row, shards in the log, shard files of many stripes. */
    private int length() {
        int dice = random.nextInt(20);
        if (dice == 0) {
            return 0;
        }
        if (dice < 11) {
            return random.nextInt(INLINE_MAX) + 1;
        }
        return dice < 18 ? random.nextInt(MEDIUM_MAX) + 1 : random.nextInt(LARGE_MAX) + 1;
    }
}
