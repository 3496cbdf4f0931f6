package io.azekura.persistence.bucket;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Repeat;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.Scan.Page;
import io.azekura.persistence.register.Scan.ScanOutcome;
import io.azekura.persistence.register.State;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Looks whether a bucket has anything in any of its spaces. The answer holds for as long as the bucket is closed, if it was
 * before the question; in a closed bucket a pending write that cannot be finished makes the answer {@link Found#UNKNOWN}.
 */
final class Occupancy {
    private static final int PAGE_ENTRIES = 100;

    private final Scan scan;
    private final Predicate<State> occupies;

    Occupancy(Scan scan, Predicate<State> occupies) {
        this.scan = scan;
        this.occupies = occupies;
    }

    enum Found {
        EMPTY,
        OCCUPIED,
        UNKNOWN
    }

    CompletionStage<Found> of(long incarnation) {
        return Repeat.until(new Look(incarnation));
    }

    /** Page by page through one space after the other, to the first register that counts. */
    private final class Look implements Supplier<CompletionStage<Optional<Found>>> {
        private final Deque<Scan.Range> ahead = new ArrayDeque<>();

        private Look(long incarnation) {
            for (long space : BucketSpace.all(incarnation)) {
                ahead.add(range(space, Bytes.EMPTY));
            }
        }

        @Override
        public CompletionStage<Optional<Found>> get() {
            Scan.Range range = ahead.poll();
            return range == null
                    ? CompletableFuture.completedStage(Optional.of(Found.EMPTY))
                    : scan.page(range).thenApply(outcome -> look(range.space(), outcome));
        }

        private Optional<Found> look(long space, ScanOutcome outcome) {
            if (!(outcome instanceof Page page)) {
                return Optional.of(Found.UNKNOWN);
            }
            if (page.entries().stream().anyMatch(entry -> occupies.test(entry.state()))) {
                return Optional.of(Found.OCCUPIED);
            }
            Bytes next = page.next();
            if (next != null) {
                ahead.addFirst(range(space, next));
            }
            return Optional.empty();
        }

        private static Scan.Range range(long space, Bytes from) {
            return new Scan.Range(space, Bytes.EMPTY, from, PAGE_ENTRIES);
        }
    }
}
