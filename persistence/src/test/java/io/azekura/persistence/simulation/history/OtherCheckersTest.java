package io.azekura.persistence.simulation.history;

import io.azekura.persistence.simulation.history.Result.Entry;
import io.azekura.persistence.simulation.history.Violation.Kind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Listings, buckets, versions, uploads and journals, right and wrong. */
class OtherCheckersTest {

    private static HistoryBuilder history() {
        return new HistoryBuilder();
    }

    private static Result page(String... keysAndValues) {
        return new Result.Page(
                Arrays.stream(keysAndValues)
                        .map(pair -> new Entry(pair.substring(0, 1), pair.substring(2)))
                        .toList(),
                false);
    }

    @Nested
    class Listings {
        private final Call list = new Call.ListKeys("b", "", "");

        private Call put(String key, String value) {
            return new Call.Put("b", key, value);
        }

        @Test
        void showWhatWasThere() {
            history()
                    .ok(1, 2, put("k", "1"))
                    .ok(1, 2, put("m", "2"))
                    .ok(3, 9, put("l", "3"))
                    .ok(4, 5, list, page("k=1", "m=2"))
                    .ok(6, 7, list, page("k=1", "l=3", "m=2"))
                    .ok(6, 7, new Call.ListKeys("b", "m", ""), page("m=2"))
                    .ok(6, 7, new Call.ListKeys("b", "", "l"), page("m=2"))
                    .ok(6, 7, list, new Result.Page(List.of(new Entry("k", "1")), true))
                    .isCorrect();
        }

        @Test
        void mayShowOrMissAnUnknownWrite() {
            history()
                    .unknown(1, 2, put("k", "1"))
                    .ok(3, 4, list, page())
                    .ok(5, 6, list, page("k=1"))
                    .isCorrect();
        }

        @Test
        void missingEntry() {
            history()
                    .ok(1, 2, put("k", "1"))
                    .ok(1, 2, put("m", "2"))
                    .ok(3, 4, list, page("k=1"))
                    .breaks(Kind.MISSING_ENTRY);
        }

        @Test
        void missingBehindTheEndOfThePage() {
            history()
                    .ok(1, 2, put("k", "1"))
                    .ok(1, 2, put("m", "2"))
                    .ok(3, 4, list, new Result.Page(List.of(new Entry("m", "2")), true))
                    .breaks(Kind.MISSING_ENTRY);
        }

        @Test
        void phantomEntry() {
            history().ok(1, 2, put("k", "1")).ok(3, 4, list, page("k=1", "x=9")).breaks(Kind.PHANTOM_ENTRY);
        }

        @Test
        void deletedEntry() {
            history()
                    .ok(1, 2, put("k", "1"))
                    .ok(3, 4, new Call.Delete("b", "k"))
                    .ok(5, 6, list, page("k=1"))
                    .breaks(Kind.PHANTOM_ENTRY);
        }

        @Test
        void staleEntry() {
            history()
                    .ok(1, 2, put("k", "1"))
                    .ok(3, 4, put("k", "2"))
                    .ok(5, 6, list, page("k=1"))
                    .breaks(Kind.STALE_ENTRY);
        }

        @Test
        void pagesThatContradictOneAnother() {
            history()
                    .ok(1, 20, put("k", "1"))
                    .ok(3, 4, list, page("k=1"))
                    .ok(5, 6, list, page())
                    .breaks(Kind.PAGES_DISAGREE);
        }

        @Test
        void unsortedOrTwice() {
            history()
                    .ok(1, 2, put("k", "1"))
                    .ok(1, 2, put("m", "2"))
                    .ok(3, 4, list, page("m=2", "k=1"))
                    .breaks(Kind.MALFORMED_PAGE);
            history().ok(1, 2, put("k", "1")).ok(3, 4, list, page("k=1", "k=1")).breaks(Kind.MALFORMED_PAGE);
        }
    }

    @Nested
    class Buckets {
        private final Call create = new Call.BucketCreate("b");
        private final Call delete = new Call.BucketDelete("b");
        private final Call get = new Call.Get("b", "k");
        private final Call list = new Call.ListKeys("b", "", "");

        private Call put(String value) {
            return new Call.Put("b", "k", value);
        }

        @Test
        void comeAndGo() {
            history()
                    .ok(1, 2, create)
                    .ok(3, 4, put("1"))
                    .ok(5, 6, delete, Result.Refusal.BUCKET_NOT_EMPTY)
                    .ok(7, 8, new Call.Delete("b", "k"))
                    .ok(9, 12, delete)
                    .ok(10, 11, put("2"), Result.Refusal.NO_SUCH_BUCKET)
                    .ok(13, 14, get, Result.Refusal.NO_SUCH_BUCKET)
                    .ok(15, 16, create)
                    .none(17, 18, get)
                    .ok(19, 20, put("3"))
                    .isCorrect();
        }

        @Test
        void aWriteMayWinAgainstAnUnknownDeletion() {
            history()
                    .ok(1, 2, create)
                    .unknown(3, 4, delete)
                    .ok(3, 5, put("1"))
                    .found(6, 7, get, "1")
                    .isCorrect();
        }

        @Test
        void acknowledgedIntoNowhere() {
            history().ok(1, 2, create).ok(3, 8, delete).ok(4, 9, put("1")).breaks(Kind.LOST_WITH_BUCKET);
        }

        @Test
        void deletedWithContent() {
            history().ok(1, 2, create).ok(3, 4, put("1")).ok(5, 6, delete).breaks(Kind.LOST_WITH_BUCKET);
        }

        @Test
        void acknowledgedAfterDeletion() {
            history().ok(1, 2, create).ok(3, 4, delete).ok(5, 6, put("1")).breaks(Kind.LOST_WITH_BUCKET);
        }

        @Test
        void contentOfAnOldIncarnation() {
            history()
                    .ok(1, 2, create)
                    .unknown(3, 4, put("1"))
                    .ok(5, 6, delete)
                    .ok(7, 8, create)
                    .found(9, 10, get, "1")
                    .isCorrect();
            history()
                    .ok(1, 2, create)
                    .unknown(3, 4, put("1"))
                    .found(3, 4, get, "1")
                    .ok(5, 6, delete)
                    .ok(7, 8, create)
                    .found(9, 10, get, "1")
                    .breaks(Kind.LOST_WITH_BUCKET);
        }

        @Test
        void deletedWithWhatAPageShowed() {
            history()
                    .ok(1, 2, create)
                    .unknown(3, 4, put("1"))
                    .ok(5, 6, list, page("k=1"))
                    .ok(7, 8, delete)
                    .breaks(Kind.LOST_WITH_BUCKET);
            history()
                    .ok(1, 2, create)
                    .unknown(3, 4, put("1"))
                    .ok(5, 6, list, page("k=1"))
                    .ok(7, 8, new Call.Delete("b", "k"))
                    .ok(9, 10, delete)
                    .ok(11, 12, list, page())
                    .isCorrect();
        }

        @Test
        void shownAfterDeletion() {
            history()
                    .ok(1, 2, create)
                    .unknown(3, 4, put("1"))
                    .ok(5, 6, delete)
                    .ok(7, 8, list, page("k=1"))
                    .breaks(Kind.LOST_WITH_BUCKET);
        }

        @Test
        void refusedAlthoughItIsThere() {
            history()
                    .ok(1, 2, create)
                    .ok(3, 4, get, Result.Refusal.NO_SUCH_BUCKET)
                    .breaks(Kind.LOST_WITH_BUCKET);
        }
    }

    @Nested
    class VersionedKeys {
        private final Call list = new Call.VersionList("b", "k");

        private Call put(String value) {
            return new Call.VersionPut("b", "k", value);
        }

        private Result id(String id) {
            return new Result.Stored(id);
        }

        private Result versions(String... newestFirst) {
            return new Result.Versions(
                    Arrays.stream(newestFirst)
                            .map(value -> new Result.Version("v" + value, Long.parseLong(value), value))
                            .toList(),
                    newestFirst.length);
        }

        private HistoryBuilder two() {
            return history().ok(1, 2, put("1"), id("v1")).ok(3, 4, put("2"), id("v2"));
        }

        private Call delete(String id) {
            return new Call.VersionDelete("b", "k", id);
        }

        @Test
        void stayUntilDeleted() {
            two().unknown(3, 4, put("3"))
                    .ok(5, 6, list, versions("2", "1"))
                    .found(5, 6, new Call.Get("b", "k"), "2")
                    .ok(7, 8, list, versions("3", "2", "1"))
                    .ok(9, 12, delete("v2"))
                    .ok(10, 11, list, versions("3", "1"))
                    .none(13, 14, new Call.VersionGet("b", "k", "v2"))
                    .found(13, 14, new Call.VersionGet("b", "k", "v1"), "1")
                    .isCorrect();
        }

        @Test
        void markersHideWhatIsBelow() {
            two().ok(5, 6, new Call.VersionMark("b", "k"), id("m"))
                    .none(7, 8, new Call.Get("b", "k"))
                    .ok(9, 10, delete("m"))
                    .found(11, 12, new Call.Get("b", "k"), "2")
                    .isCorrect();
        }

        @Test
        void vanished() {
            two().ok(5, 6, list, versions("2")).breaks(Kind.VERSION_VANISHED);
        }

        @Test
        void unknownVersionVanishedAfterItWasSeen() {
            two().unknown(3, 4, put("3"))
                    .ok(5, 6, list, versions("3", "2", "1"))
                    .ok(7, 8, list, versions("2", "1"))
                    .breaks(Kind.VERSION_VANISHED);
        }

        @Test
        void deletedOneReturned() {
            two().ok(5, 6, delete("v1")).ok(7, 8, list, versions("2", "1")).breaks(Kind.DELETED_VERSION_RETURNED);
        }

        @Test
        void goneAndBackAfterAnUnknownDeletion() {
            two().unknown(5, 6, delete("v1"))
                    .ok(7, 8, list, versions("2"))
                    .ok(9, 10, list, versions("2", "1"))
                    .breaks(Kind.DELETED_VERSION_RETURNED);
        }

        @Test
        void phantomVersion() {
            two().ok(5, 6, list, versions("9", "2", "1")).breaks(Kind.PHANTOM_VERSION);
        }

        @Test
        void wrongOrder() {
            two().ok(5, 6, list, versions("1", "2")).breaks(Kind.VERSION_ORDER);
        }

        @Test
        void wrongCount() {
            two().ok(
                            5,
                            6,
                            list,
                            new Result.Versions(
                                    List.of(new Result.Version("v2", 2, "2"), new Result.Version("v1", 1, "1")), 3))
                    .breaks(Kind.VERSION_COUNT);
        }

        @Test
        void oneWriteAsTwoVersions() {
            two().unknown(3, 4, put("3"))
                    .ok(
                            5,
                            6,
                            list,
                            new Result.Versions(
                                    List.of(
                                            new Result.Version("x", 4, "3"),
                                            new Result.Version("y", 3, "3"),
                                            new Result.Version("v2", 2, "2"),
                                            new Result.Version("v1", 1, "1")),
                                    4))
                    .breaks(Kind.VERSION_CHANGED);
        }

        @Test
        void staleReadOfTheNewest() {
            two().found(5, 6, new Call.Get("b", "k"), "1").breaks(Kind.STALE_READ);
        }
    }

    @Nested
    class Uploads {
        private final Call get = new Call.Get("b", "k");

        private Call part(int number, String value) {
            return new Call.UploadPart("b", "k", "u", number, value);
        }

        private Call complete(String... values) {
            List<Call.NamedPart> parts = new java.util.ArrayList<>();
            for (String value : values) {
                parts.add(new Call.NamedPart(parts.size() + 1, value));
            }
            return new Call.UploadComplete("b", "k", "u", parts);
        }

        private final Call abort = new Call.UploadAbort("b", "k", "u");
        private final Result whole = new Result.Completed("p+q");

        private HistoryBuilder uploaded() {
            return history()
                    .ok(1, 2, new Call.UploadBegin("b", "k", "u"))
                    .ok(3, 4, part(1, "p"))
                    .ok(3, 4, part(1, "old"))
                    .ok(3, 4, part(2, "q"));
        }

        @Test
        void appearAsAWhole() {
            uploaded()
                    .none(5, 6, get)
                    .ok(7, 9, complete("p", "q"), whole)
                    .found(8, 10, get, "p+q")
                    .ok(11, 12, new Call.Put("b", "k", "x"))
                    .ok(13, 14, complete("p", "q"), whole)
                    .found(15, 16, get, "x")
                    .isCorrect();
        }

        @Test
        void anUnknownCompletionAndItsRepetitionAreOneWrite() {
            uploaded()
                    .unknown(5, 6, complete("p", "q"))
                    .found(7, 8, get, "p+q")
                    .ok(9, 10, new Call.Put("b", "k", "x"))
                    .ok(11, 12, complete("p", "q"), whole)
                    .found(13, 14, get, "x")
                    .isCorrect();
        }

        @Test
        void half() {
            uploaded().ok(5, 6, complete("p", "q"), whole).found(7, 8, get, "p").breaksAtLeast(Kind.HALF_UPLOAD);
        }

        @Test
        void mixedWithAReplacedPart() {
            uploaded()
                    .ok(5, 6, complete("p", "q"), whole)
                    .ok(7, 8, get, new Result.Found("p+q", "old+q"))
                    .breaksAtLeast(Kind.HALF_UPLOAD);
        }

        @Test
        void repeatedCompletionWritesAgain() {
            uploaded()
                    .ok(5, 6, complete("p", "q"), whole)
                    .ok(7, 8, new Call.Put("b", "k", "x"))
                    .ok(9, 10, complete("p", "q"), whole)
                    .found(11, 12, get, "p+q")
                    .breaks(Kind.STALE_READ);
        }

        @Test
        void completedAfterAbort() {
            uploaded().ok(5, 6, abort).ok(7, 8, complete("p", "q"), whole).breaks(Kind.COMPLETED_AFTER_ABORT);
        }

        @Test
        void visibleAfterAbort() {
            uploaded()
                    .ok(5, 6, abort)
                    .unknown(7, 8, complete("p", "q"))
                    .found(9, 10, get, "p+q")
                    .breaks(Kind.COMPLETED_AFTER_ABORT);
        }

        @Test
        void completionsDiffer() {
            uploaded()
                    .ok(5, 6, complete("p", "q"), whole)
                    .ok(7, 8, complete("old", "q"), new Result.Completed("old+q"))
                    .breaks(Kind.COMPLETION_CHANGED);
        }

        @Test
        void partNeverUploaded() {
            uploaded().ok(5, 6, complete("p", "z"), new Result.Completed("p+z")).breaks(Kind.PART_NEVER_UPLOADED);
        }
    }

    @Nested
    class Journals {
        private final Call replay = new Call.JournalReplay("p");
        private final Call highest = new Call.JournalHighest("p");

        private Call append(String incarnation, long seq, String... events) {
            return new Call.JournalAppend("p", incarnation, seq, List.of(events));
        }

        private Result replayed(long highestSeq, long firstSeq, String... events) {
            List<Result.Event> list = new java.util.ArrayList<>();
            for (String event : events) {
                list.add(new Result.Event(firstSeq + list.size(), event));
            }
            return new Result.Replayed(list, highestSeq);
        }

        private HistoryBuilder three() {
            return history().ok(1, 2, append("i", 1, "a")).ok(3, 4, append("i", 2, "b", "c"));
        }

        @Test
        void replayWhatWasAppended() {
            three().unknown(5, 6, append("i", 4, "d"))
                    .ok(7, 8, replay, replayed(3, 1, "a", "b", "c"))
                    .failed(9, 10, append("j", 4, "e"))
                    .ok(11, 12, replay, replayed(4, 1, "a", "b", "c", "d"))
                    .ok(13, 14, new Call.JournalDelete("p", 2))
                    .ok(15, 16, replay, replayed(4, 3, "c", "d"))
                    .ok(17, 18, new Call.JournalDelete("p", 4))
                    .ok(19, 20, replay, replayed(4, 1))
                    .ok(21, 22, highest, new Result.Highest(4))
                    .isCorrect();
        }

        @Test
        void aZombieMayWinOneNumber() {
            three().ok(5, 6, append("j", 4, "d"))
                    .ok(7, 8, append("i", 5, "e"))
                    .failed(7, 8, append("j", 5, "f"))
                    .ok(9, 10, replay, replayed(5, 1, "a", "b", "c", "d", "e"))
                    .isCorrect();
        }

        @Test
        void splitBrain() {
            three().ok(5, 8, append("i", 4, "d")).ok(6, 7, append("j", 4, "e")).breaks(Kind.SPLIT_BRAIN);
        }

        @Test
        void twoReplaysDiffer() {
            three().unknown(5, 8, append("i", 4, "d"))
                    .unknown(6, 7, append("j", 4, "e"))
                    .ok(9, 10, replay, replayed(4, 1, "a", "b", "c", "d"))
                    .ok(9, 10, replay, replayed(4, 1, "a", "b", "c", "e"))
                    .breaks(Kind.SPLIT_BRAIN);
        }

        @Test
        void gapInReplay() {
            three().ok(
                            5,
                            6,
                            replay,
                            new Result.Replayed(List.of(new Result.Event(1, "a"), new Result.Event(3, "c")), 3))
                    .breaksAtLeast(Kind.JOURNAL_GAP);
        }

        @Test
        void appendBehindAGap() {
            three().ok(5, 6, append("i", 5, "e")).breaks(Kind.JOURNAL_GAP);
        }

        @Test
        void lostEvent() {
            three().ok(5, 6, append("i", 4, "d"))
                    .ok(7, 8, replay, replayed(4, 1, "a", "b", "c"))
                    .breaks(Kind.EVENT_LOST);
        }

        @Test
        void unknownEventLostAfterItWasSeen() {
            three().unknown(5, 6, append("i", 4, "d"))
                    .ok(7, 8, replay, replayed(4, 1, "a", "b", "c", "d"))
                    .ok(9, 10, replay, replayed(4, 1, "a", "b", "c"))
                    .breaks(Kind.EVENT_LOST);
        }

        @Test
        void outOfOrder() {
            three().ok(
                            5,
                            6,
                            replay,
                            new Result.Replayed(
                                    List.of(
                                            new Result.Event(1, "a"),
                                            new Result.Event(3, "c"),
                                            new Result.Event(2, "b")),
                                    3))
                    .breaksAtLeast(Kind.JOURNAL_ORDER);
        }

        @Test
        void halfABatch() {
            three().unknown(5, 6, append("i", 4, "d", "e"))
                    .ok(7, 8, replay, replayed(5, 1, "a", "b", "c", "d"))
                    .breaks(Kind.HALF_BATCH);
        }

        @Test
        void refusedEventReplayed() {
            three().failed(5, 6, append("j", 4, "d"))
                    .ok(7, 8, replay, replayed(3, 1, "a", "b", "c", "d"))
                    .breaks(Kind.REFUSED_EVENT_REPLAYED);
        }

        @Test
        void phantomEvent() {
            three().ok(7, 8, replay, replayed(3, 1, "a", "b", "c", "z")).breaks(Kind.PHANTOM_EVENT);
        }

        @Test
        void deletedEventReplayed() {
            three().ok(5, 6, new Call.JournalDelete("p", 1))
                    .ok(7, 8, replay, replayed(3, 1, "a", "b", "c"))
                    .breaks(Kind.DELETED_EVENT_REPLAYED);
        }

        @Test
        void deletionLowersTheHighestNumber() {
            three().ok(5, 6, new Call.JournalDelete("p", 3))
                    .ok(7, 8, highest, new Result.Highest(0))
                    .breaks(Kind.WRONG_HIGHEST);
        }

        @Test
        void highestBeyondAnything() {
            three().ok(7, 8, highest, new Result.Highest(9)).breaks(Kind.WRONG_HIGHEST);
        }
    }
}
