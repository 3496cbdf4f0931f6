package io.azekura.persistence.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Asks all replicas of a partition the same, and adds up who said what. */
final class Ask {
    private static final Object NOT_ASKED = new Object();

    private Ask() {}

    /** What the replicas answered, by number. */
    record Answers(Replicas.Location location, List<Object> replies) {
        /** The replicas whose reply is so, as bits. */
        int where(Predicate<Object> test) {
            int set = 0;
            for (int replica = 0; replica < replies.size(); replica++) {
                if (test.test(replies.get(replica))) {
                    set |= 1 << replica;
                }
            }
            return set;
        }

        boolean isEverywhere(Predicate<Object> test) {
            return where(test) == location.quorum().everybody();
        }

        <T> List<T> of(Class<T> type) {
            List<T> found = new ArrayList<>();
            for (Object reply : replies) {
                if (type.isInstance(reply)) {
                    found.add(type.cast(reply));
                }
            }
            return found;
        }
    }

    /** Asks only the replicas of the set; the others count as silent. */
    static CompletionStage<Answers> some(Replicas replicas, Replicas.Location location, Request request, int set) {
        List<CompletableFuture<Object>> asked = new ArrayList<>();
        for (int replica = 0; replica < location.drives().size(); replica++) {
            asked.add(
                    (set & (1 << replica)) == 0
                            ? CompletableFuture.completedFuture(NOT_ASKED)
                            : replicas.ask(location.drives().get(replica), request, location.layoutVersion())
                                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(done -> new Answers(
                        location, asked.stream().map(CompletableFuture::join).toList()));
    }

    static CompletionStage<Answers> all(Replicas replicas, Replicas.Location location, Request request) {
        return some(replicas, location, request, location.quorum().everybody());
    }
}
