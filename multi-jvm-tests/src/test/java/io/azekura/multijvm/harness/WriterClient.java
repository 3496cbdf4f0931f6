package io.azekura.multijvm.harness;

import java.io.EOFException;
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

    private static final int INLINE_MAX = 16 << 10;
    private static final int MEDIUM_MAX = 400 << 10;
    private static final int LARGE_MAX = 6 << 20;

    private final String bucket;
    private final String prefix;
    private final int keys;
    private final SplittableRandom random;
    private final Ledger ledger = new Ledger();
    private final List<String> violations = new ArrayList<>();
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

    /** Reads every key that was ever written and compares it with what was promised. */
    public void verifyAll(S3Client client) throws IOException {
        for (String key : ledger.keys()) {
            verify(client, key);
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
        Set<Optional<Content>> possible = ledger.possible(key);
        Optional<byte[]> read = read(client, key);
        for (Optional<Content> state : possible) {
            if (same(state, read)) {
                ledger.observe(key, state);
                return;
            }
        }
        violations.add(key + " shows "
                + read.map(bytes -> bytes.length + " bytes").orElse("nothing") + ", promised was one of " + possible);
    }

    private Optional<byte[]> read(S3Client client, String key) throws IOException {
        try (ResponseInputStream<GetObjectResponse> body =
                client.getObject(get -> get.bucket(bucket).key(key))) {
            byte[] bytes = body.readAllBytes();
            // The JDK's HTTP client reports a connection that breaks within a body of known length as its end.
            if (bytes.length != body.response().contentLength()) {
                throw new EOFException(key + ": the answer ended after " + bytes.length + " bytes");
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
