package io.azekura.persistence.simulation.history;

import io.azekura.persistence.simulation.history.Violation.Kind;
import org.junit.jupiter.api.Test;

class LinearizableRegisterTest {

    private static final Call GET = new Call.Get("b", "k");
    private static final Call DELETE = new Call.Delete("b", "k");

    private static Call put(String value) {
        return new Call.Put("b", "k", value);
    }

    private static Call putIfAbsent(String value) {
        return new Call.PutIfAbsent("b", "k", value);
    }

    private static Call putIfMatch(String expected, String value) {
        return new Call.PutIfMatch("b", "k", expected, value);
    }

    private static Call copy(String value) {
        return new Call.Copy("b", "k", "b", "copy", value);
    }

    private static HistoryBuilder history() {
        return new HistoryBuilder();
    }

    @Test
    void nothingIsCorrect() {
        history().isCorrect();
    }

    @Test
    void readersOfConcurrentWritesMaySeeThemInOneOrder() {
        history()
                .ok(1, 10, put("a"))
                .ok(2, 9, put("b"))
                .found(3, 4, GET, "b")
                .found(5, 6, GET, "a")
                .found(11, 12, GET, "a")
                .isCorrect();
    }

    @Test
    void anUnknownWriteMayComeLate() {
        history()
                .unknown(1, 2, put("a"))
                .ok(3, 4, put("b"))
                .found(5, 6, GET, "b")
                .found(7, 8, GET, "a")
                .isCorrect();
    }

    @Test
    void anUnknownWriteMayNeverCome() {
        history().unknown(1, Operation.NEVER, put("a")).none(5, 6, GET).isCorrect();
    }

    @Test
    void anUnknownDeleteMayMakeRoomForTwoWinners() {
        history()
                .ok(1, 2, putIfAbsent("a"))
                .unknown(1, 3, DELETE)
                .ok(4, 5, putIfAbsent("b"))
                .found(6, 7, GET, "b")
                .isCorrect();
    }

    @Test
    void unknownConditionalWritesMayFormAChain() {
        history()
                .ok(1, 2, put("a"))
                .unknown(3, 4, putIfMatch("a", "b"))
                .unknown(5, 6, putIfMatch("b", "c"))
                .found(7, 8, GET, "c")
                .isCorrect();
    }

    @Test
    void aRefusedConditionMayHaveBeenFalse() {
        history()
                .ok(1, 2, put("a"))
                .ok(3, 4, putIfAbsent("b"), Result.Refusal.PRECONDITION_FAILED)
                .ok(5, 6, putIfMatch("x", "c"), Result.Refusal.PRECONDITION_FAILED)
                .failed(5, 6, put("d"))
                .found(7, 8, GET, "a")
                .isCorrect();
    }

    @Test
    void aCopyShowsWhatItsSourceHad() {
        history()
                .ok(1, 2, put("a"))
                .ok(3, 8, copy("t"), new Result.Copied("a"))
                .ok(4, 5, put("b"))
                .ok(9, 10, new Call.Get("b", "copy"), new Result.Found("t", "a"))
                .isCorrect();
    }

    @Test
    void lostUpdate() {
        history()
                .ok(1, 2, put("a"))
                .ok(3, 4, put("b"))
                .ok(5, 6, putIfMatch("a", "c"))
                .breaks(Kind.LOST_UPDATE);
    }

    @Test
    void twoUpdatesOfOneState() {
        history()
                .ok(1, 2, put("a"))
                .ok(3, 6, putIfMatch("a", "b"))
                .ok(4, 7, putIfMatch("a", "c"))
                .breaks(Kind.TWO_WINNERS);
    }

    @Test
    void twoWinnersOfCreateIfAbsent() {
        history().ok(1, 5, putIfAbsent("a")).ok(2, 6, putIfAbsent("b")).breaks(Kind.TWO_WINNERS);
    }

    @Test
    void createIfAbsentOverSomethingThatIsThere() {
        history().ok(1, 2, put("a")).ok(3, 4, putIfAbsent("b")).breaks(Kind.LOST_UPDATE);
    }

    @Test
    void staleRead() {
        history().ok(1, 2, put("a")).ok(3, 4, put("b")).found(5, 6, GET, "a").breaks(Kind.STALE_READ);
    }

    @Test
    void newThenOldWhileTheWriteIsStillGoingOn() {
        history()
                .ok(1, 2, put("a"))
                .ok(3, 20, put("b"))
                .found(4, 5, GET, "b")
                .found(6, 7, GET, "a")
                .breaks(Kind.STALE_READ);
    }

    @Test
    void twoReadersSeeTwoOrders() {
        history()
                .ok(1, 2, put("a"))
                .ok(1, 2, put("b"))
                .found(3, 4, GET, "a")
                .found(5, 6, GET, "b")
                .breaks(Kind.STALE_READ);
    }

    @Test
    void anUnknownWriteComesTwice() {
        history()
                .unknown(1, 2, put("a"))
                .found(3, 4, GET, "a")
                .ok(5, 6, put("b"))
                .found(7, 8, GET, "a")
                .breaks(Kind.STALE_READ);
    }

    @Test
    void resurrectedDelete() {
        history().ok(1, 2, put("a")).ok(3, 4, DELETE).found(5, 6, GET, "a").breaks(Kind.RESURRECTED);
    }

    @Test
    void goneThenThereAgainAfterAnUnknownDelete() {
        history()
                .ok(1, 2, put("a"))
                .unknown(3, 4, DELETE)
                .none(5, 6, GET)
                .found(7, 8, GET, "a")
                .breaks(Kind.LOST_WRITE);
    }

    @Test
    void lostWrite() {
        history().ok(1, 2, put("a")).none(3, 4, GET).breaks(Kind.LOST_WRITE);
    }

    @Test
    void readFromTheFuture() {
        history().found(1, 2, GET, "a").ok(3, 4, put("a")).breaks(Kind.READ_FROM_FUTURE);
    }

    @Test
    void phantomValue() {
        history().ok(1, 2, put("a")).found(3, 4, GET, "z").breaks(Kind.PHANTOM_VALUE);
    }

    @Test
    void valueOfAnotherKey() {
        history()
                .ok(1, 2, new Call.Put("b", "other", "a"))
                .found(3, 4, GET, "a")
                .breaks(Kind.PHANTOM_VALUE);
    }

    @Test
    void failedWriteSeen() {
        history().failed(1, 2, put("a")).found(3, 4, GET, "a").breaks(Kind.FAILED_WRITE_SEEN);
    }

    @Test
    void refusedBecauseOfItself() {
        history()
                .ok(1, 4, putIfAbsent("a"), Result.Refusal.PRECONDITION_FAILED)
                .found(5, 6, GET, "a")
                .breaksAtLeast(Kind.FAILED_WRITE_SEEN);
        history()
                .ok(1, 4, putIfAbsent("a"), Result.Refusal.PRECONDITION_FAILED)
                .none(5, 6, GET)
                .breaks(Kind.WRONG_REFUSAL);
    }

    @Test
    void copyOfAnOverwrittenValue() {
        history()
                .ok(1, 2, put("a"))
                .ok(3, 4, put("b"))
                .ok(5, 6, copy("t"), new Result.Copied("a"))
                .breaks(Kind.STALE_READ);
    }

    @Test
    void copyWithForeignBytes() {
        history()
                .ok(1, 2, put("a"))
                .ok(3, 4, copy("t"), new Result.Copied("a"))
                .ok(5, 6, new Call.Get("b", "copy"), new Result.Found("t", "z"))
                .breaks(Kind.WRONG_CONTENT);
    }

    @Test
    void copyOfAnUnknownOutcomeShowsWhatWasNeverThere() {
        history()
                .ok(1, 2, put("a"))
                .unknown(3, 4, copy("t"))
                .ok(5, 6, new Call.Get("b", "copy"), new Result.Found("t", "z"))
                .breaks(Kind.PHANTOM_VALUE);
    }
}
