package io.azekura.persistence.simulation.history;

import java.util.List;

/** A judge of one promise. Empty means that a correct store could have shown this history. */
public interface HistoryChecker {

    List<Violation> check(History history);

    /** All promises. */
    static List<Violation> checkAll(History history) {
        return java.util.stream.Stream.<HistoryChecker>of(
                        new LinearizableRegister(),
                        new ListingChecker(),
                        new BucketChecker(),
                        new VersionChecker(),
                        new MultipartChecker(),
                        new JournalChecker())
                .flatMap(checker -> checker.check(history).stream())
                .toList();
    }
}
