package io.azekura.persistence.simulation;

import io.azekura.persistence.journal.Journal;
import io.azekura.persistence.journal.JournalEvent;
import io.azekura.persistence.journal.JournalKey;
import io.azekura.persistence.journal.JournalWriter;
import io.azekura.persistence.journal.WriterId;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.replica.Request;
import io.azekura.persistence.simulation.PlantedBench.Fate;
import java.util.List;

/** Journals over a few replicas, message by message. Each schedule tells whether a promise is broken. */
final class PlantedJournals {
    private static final String ENTITY = "p";
    private static final RegisterKey FIRST = JournalKey.batch(ENTITY, 1).register();

    private PlantedJournals() {}

    private static JournalWriter writer(Journal journal, long number) {
        JournalWriter writer = new JournalWriter(journal, ENTITY, new WriterId(number, number));
        PlantedSchedules.now(writer.replay(1, event -> {}));
        return writer;
    }

    private static boolean isAppended(JournalWriter writer) {
        return PlantedSchedules.now(writer.append(List.of(new JournalEvent(1, Bytes.utf8("e")))))
                instanceof Journal.Appended;
    }

    /**
     * An incarnation has looked at the mark and is about to ask for promises. Meanwhile another one writes the number, it
     * is deleted, and its tombstone is collected.
     */
    static boolean isDeletedWrittenAgain(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        Journal journal = variant.journal(bench, variant.scan(bench, bench), bench::nextOperation);
        JournalWriter slow = writer(journal, 1);
        boolean[] isOver = new boolean[1];
        boolean[] isOther = new boolean[1];
        bench.network((drive, request) -> {
            if (!isOver[0]
                    && request instanceof Request.Promise promise
                    && promise.key().equals(FIRST)) {
                isOver[0] = true;
                bench.nextProcess();
                isOther[0] = isAppended(writer(journal, 2));
                PlantedSchedules.now(journal.deleteTo(ENTITY, 1));
                PlantedSchedules.now(variant.completion(bench, bench, key -> 0).complete(FIRST));
            }
            return Fate.ARRIVES;
        });
        return isAppended(slow) && isOther[0];
    }

    /** Two incarnations have both read that the journal is empty. */
    static boolean isNumberWrittenTwice(Variant variant) {
        PlantedBench bench = new PlantedBench(variant, 4);
        Journal journal = variant.journal(bench, variant.scan(bench, bench), bench::nextOperation);
        JournalWriter one = writer(journal, 1);
        JournalWriter other = writer(journal, 2);
        return isAppended(one) && isAppended(other);
    }
}
