package io.azekura.persistence.object;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.Outcome.Done;
import io.azekura.persistence.object.Outcome.Refused;
import io.azekura.persistence.object.Outcome.Unavailable;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Repeat;
import io.azekura.persistence.register.Scan;
import java.io.IOException;
import java.util.concurrent.CompletionStage;

/**
 * Delivers what must happen because of changes (register rule 18). The registers are the queue: a scan shows settled
 * states only, so nothing is delivered that might not have happened; an entry is removed when it was delivered, so
 * nothing is lost. Whoever dies in between leaves the entry to be delivered once more: at least once, and in order per
 * key.
 */
public class Outbox extends Procedure {
    private final Parts parts;
    private final Uploads uploads;
    private final Sink sink;

    public Outbox(Ports ports, Parts parts, Uploads uploads, Sink sink) {
        super(ports);
        this.parts = parts;
        this.uploads = uploads;
        this.sink = sink;
    }

    /** Who takes replications and notifications. Calls never block, stages never fail. */
    public interface Sink {
        /** Whether the entry was taken for good; it is offered again later if not. */
        CompletionStage<Boolean> deliver(RegisterKey key, OutboxEntry entry);
    }

    /** How many keys there are with nothing left to deliver, and with something. */
    public record Delivered(long keysDone, long keysLeft) {}

    /** Delivers the entries of all keys of a space that the scan shows. A key that fails does not hold up the others. */
    public CompletionStage<Outcome<Delivered>> deliverAll(long space, Terms terms) {
        long[] keys = new long[2];
        return parts.forEach(
                        space, Bytes.EMPTY, entry -> deliverAll(entry, terms).thenApply(end -> {
                            if (end instanceof Done<Integer> done) {
                                keys[0] += Math.min(done.value(), 1);
                            } else {
                                keys[1]++;
                            }
                            return new Done<>(entry);
                        }))
                .thenApply(end -> end.map(done -> new Delivered(keys[0], keys[1])));
    }

    /** Delivers the entries of one key, the oldest first, up to the first that fails; answers how many. */
    protected CompletionStage<Outcome<Integer>> deliverAll(Scan.Entry entry, Terms terms) {
        Head head;
        try {
            head = HeadFormat.of(entry.state());
        } catch (IOException damage) {
            return completed(new Refused<>(Refusal.DAMAGED));
        }
        Outcome<Integer> first = new Done<>(0);
        int count = head.outbox().size();
        return Repeat.until(
                first,
                at -> !(at instanceof Done<Integer> done) || done.value() == count,
                at -> at.then(
                        i -> deliverAndRemove(entry.key(), terms, head.outbox().get(i))
                                .thenApply(end -> end.map(done -> i + 1))));
    }

    /** Delivers, and only then removes. */
    protected CompletionStage<Outcome<OutboxEntry>> deliverAndRemove(RegisterKey key, Terms terms, OutboxEntry entry) {
        return deliver(key, terms, entry).thenCompose(end -> end.then(done -> remove(key, terms, entry)));
    }

    /** One that somebody else has removed meanwhile is a success. */
    private CompletionStage<Outcome<OutboxEntry>> remove(RegisterKey key, Terms terms, OutboxEntry entry) {
        return apply(key, changes.removeOutbox(terms, identifiers.nextStamp(), entry))
                .thenApply(end -> {
                    boolean isGone = end instanceof Refused<ObjectChange> refused && refused.refusal() == Refusal.RETRY;
                    return isGone ? new Done<>(entry) : end.map(change -> entry);
                });
    }

    private CompletionStage<Outcome<OutboxEntry>> deliver(RegisterKey key, Terms terms, OutboxEntry entry) {
        UploadId upload = entry.upload();
        if (upload != null) {
            return uploads.reclaim(key, terms, upload, entry.version()).thenApply(end -> end.map(done -> entry));
        }
        return sink.deliver(key, entry)
                .thenApply(taken -> taken ? new Done<>(entry) : new Unavailable<>("the receiver does not take it now"));
    }
}
