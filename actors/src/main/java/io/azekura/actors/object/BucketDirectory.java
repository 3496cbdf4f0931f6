package io.azekura.actors.object;

import io.azekura.actors.object.Listing.ListedPage;
import io.azekura.actors.object.Listing.NoQuorum;
import io.azekura.actors.object.Listing.Query;
import io.azekura.actors.protocol.ObjectStore.BucketCreated;
import io.azekura.actors.protocol.ObjectStore.BucketExists;
import io.azekura.actors.protocol.ObjectStore.Buckets;
import io.azekura.actors.protocol.ObjectStore.CreateBucketReply;
import io.azekura.actors.protocol.ObjectStore.ListBucketsReply;
import io.azekura.actors.protocol.ObjectStore.OutOfSpace;
import io.azekura.actors.protocol.ObjectStore.Unavailable;
import io.azekura.persistence.model.BucketName;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.model.BucketRecordFormat;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change.Decision;
import io.azekura.persistence.register.Change.Refuse;
import io.azekura.persistence.register.Change.Write;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Register.Applied;
import io.azekura.persistence.register.Register.ChangeOutcome;
import io.azekura.persistence.register.Register.Declined;
import io.azekura.persistence.register.Register.NoRoom;
import io.azekura.persistence.register.Register.Value;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * The buckets: one register each, under {@link #PREFIX} in the store's own space. What was read is remembered until
 * this process changes the bucket or a drive refuses a write as outdated, which is right as long as one process serves
 * all of the store's requests.
 */
final class BucketDirectory {
    /** What the keys of bucket registers begin with, the name following. */
    static final Bytes PREFIX = Bytes.utf8("b/");

    /** Configuration version of the store's own space, which is never fenced. */
    static final long SYSTEM_CONFIG_VERSION = 0;

    private static final int PAGE_ENTRIES = 1000;
    private static final long FIRST_CONFIG_VERSION = 1;

    private final Register register;
    private final Listing listing;
    private final Identifiers identifiers;
    private final LongSupplier micros;
    private final Map<BucketName, BucketRecord> remembered = new HashMap<>();
    private long forgotten;

    BucketDirectory(Register register, Listing listing, Identifiers identifiers, LongSupplier micros) {
        this.register = register;
        this.listing = listing;
        this.identifiers = identifiers;
        this.micros = micros;
    }

    sealed interface Lookup {}

    record Present(BucketRecord bucket) implements Lookup {}

    enum Missing implements Lookup {
        INSTANCE
    }

    record NoAnswer(String reason) implements Lookup {}

    static RegisterKey key(BucketName name) {
        return new RegisterKey(RegisterKey.SYSTEM, Bytes.utf8(PREFIX.utf8() + name));
    }

    /** The bucket as last read or, if it is not remembered, as its register says. */
    CompletionStage<Lookup> lookup(BucketName name) {
        synchronized (this) {
            BucketRecord known = remembered.get(name);
            if (known != null) {
                return CompletableFuture.completedStage(new Present(known));
            }
        }
        return read(name);
    }

    /** The bucket as its register says. */
    CompletionStage<Lookup> read(BucketName name) {
        long before = forgotten();
        return register.read(key(name)).thenApply(outcome -> {
            if (!(outcome instanceof Value value)) {
                return new NoAnswer("bucket " + name + ": " + outcome);
            }
            if (!value.state().isLive()) {
                return Missing.INSTANCE;
            }
            try {
                BucketRecord bucket = decode(value.state());
                remember(bucket, before);
                return new Present(bucket);
            } catch (IOException damage) {
                return new NoAnswer(String.valueOf(damage.getMessage()));
            }
        });
    }

    /** To be called after every change of the bucket, and when a drive calls what is remembered outdated. */
    synchronized void forget(BucketName name) {
        forgotten++;
        remembered.remove(name);
    }

    /** Creates the bucket, or tells the record of the one that is there, which may be {@code closing}. */
    CompletionStage<CreateBucketReply> create(BucketName name) {
        BucketRecord fresh =
                new BucketRecord(name, identifiers.nextIncarnation(), FIRST_CONFIG_VERSION, micros.getAsLong(), false);
        Write<State> write = new Write<>(
                State.Kind.LIVE, BucketRecordFormat.encode(fresh), Content.NONE, null, SYSTEM_CONFIG_VERSION);
        return register.<State>change(
                        key(name),
                        identifiers.nextOperation(),
                        current -> current.isLive() ? new Refuse<>(current) : write)
                .thenApply(outcome -> created(name, fresh, outcome));
    }

    private CreateBucketReply created(BucketName name, BucketRecord fresh, ChangeOutcome<State> outcome) {
        forget(name);
        if (outcome instanceof Applied<State>) {
            return new BucketCreated(fresh);
        }
        if (outcome instanceof Declined<State> declined) {
            try {
                return new BucketExists(decode(declined.current()));
            } catch (IOException damage) {
                return new Unavailable(String.valueOf(damage.getMessage()));
            }
        }
        return outcome instanceof NoRoom<State> ? new OutOfSpace() : new Unavailable(outcome.toString());
    }

    /** All buckets by name, those under deletion included. */
    CompletionStage<ListBucketsReply> list() {
        return list(PREFIX, new ArrayList<>());
    }

    private CompletionStage<ListBucketsReply> list(Bytes from, List<BucketRecord> found) {
        return listing.page(new Query(RegisterKey.SYSTEM, PREFIX, Bytes.EMPTY, from, PAGE_ENTRIES))
                .thenCompose(outcome -> {
                    if (!(outcome instanceof ListedPage page)) {
                        return CompletableFuture.completedStage(new Unavailable(((NoQuorum) outcome).reason()));
                    }
                    try {
                        for (Listing.Entry entry : page.entries()) {
                            found.add(decode(entry.state()));
                        }
                    } catch (IOException damage) {
                        return CompletableFuture.completedStage(new Unavailable(String.valueOf(damage.getMessage())));
                    }
                    Bytes next = page.next();
                    return next == null ? CompletableFuture.completedStage(new Buckets(found)) : list(next, found);
                });
    }

    static BucketRecord decode(State state) throws IOException {
        return BucketRecordFormat.decode(state.value());
    }

    /** The change of a bucket's register from one record to another, refused with the state if it is not that one. */
    static Decision<State> replace(State current, BucketRecord expected, BucketRecord next) {
        return isRecord(current, expected)
                ? new Write<>(
                        State.Kind.LIVE, BucketRecordFormat.encode(next), Content.NONE, null, SYSTEM_CONFIG_VERSION)
                : new Refuse<>(current);
    }

    /** The change of a bucket's register from one record to none, refused with the state if it is not that one. */
    static Decision<State> remove(State current, BucketRecord expected) {
        return isRecord(current, expected)
                ? new Write<>(State.Kind.TOMBSTONE, Bytes.EMPTY, Content.NONE, null, SYSTEM_CONFIG_VERSION)
                : new Refuse<>(current);
    }

    private static boolean isRecord(State state, BucketRecord expected) {
        return state.isLive() && state.value().equals(BucketRecordFormat.encode(expected));
    }

    private synchronized long forgotten() {
        return forgotten;
    }

    private synchronized void remember(BucketRecord bucket, long before) {
        if (forgotten == before) {
            remembered.put(bucket.name(), bucket);
        }
    }
}
