package io.azekura.persistence.simulation.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryRecorderTest {

    @Test
    void keepsTheOrderOfEventsAndWhatNeverReturned() {
        HistoryRecorder recorder = new HistoryRecorder();
        int put = recorder.invoke("a", new Call.Put("b", "k", "1"));
        int get = recorder.invoke("b", new Call.Get("b", "k"));
        recorder.invoke("c", new Call.Delete("b", "k"));
        recorder.ok(put, Result.Done.DONE);
        recorder.failed(get, "unavailable");
        List<Operation> operations = recorder.history().operations();
        assertEquals(List.of(0, 1, 2), operations.stream().map(Operation::id).toList());
        assertEquals(4, operations.get(0).returnedAt());
        assertTrue(operations.get(1).isFailed());
        assertEquals(Operation.NEVER, operations.get(2).returnedAt());
        assertTrue(operations.get(2).isUnknown());
    }

    @Test
    void anOperationEndsOnce() {
        HistoryRecorder recorder = new HistoryRecorder();
        int put = recorder.invoke("a", new Call.Put("b", "k", "1"));
        recorder.unknown(put);
        assertThrows(IllegalStateException.class, () -> recorder.ok(put, Result.Done.DONE));
    }

    @Test
    void isPrintedKeyAfterKeyWithOneLineForEachOperation() {
        HistoryRecorder recorder = new HistoryRecorder();
        recorder.ok(recorder.invoke("a", new Call.Put("b", "l", "1")), Result.Done.DONE);
        recorder.ok(recorder.invoke("a", new Call.Get("b", "k")), Result.Missing.MISSING);
        recorder.unknown(recorder.invoke("a", new Call.JournalReplay("p")));
        assertEquals("""
                journal p
                  [     5 ..      6] a    #2    JournalReplay[pid=p] -> unknown
                key b/k
                  [     3 ..      4] a    #1    Get[bucket=b, key=k] -> MISSING
                key b/l
                  [     1 ..      2] a    #0    Put[bucket=b, key=l, value=1] -> DONE
                """, recorder.history().toString());
    }

    @Test
    void aViolationNamesItsOperations() {
        History history = new HistoryBuilder()
                .ok(1, 2, new Call.Put("b", "k", "1"))
                .none(3, 4, new Call.Get("b", "k"))
                .build();
        assertEquals("""
                LOST_WRITE key b/k: an acknowledged value was not there
                    [     1 ..      2] c0   #0    Put[bucket=b, key=k, value=1] -> DONE
                    [     3 ..      4] c1   #1    Get[bucket=b, key=k] -> MISSING""", HistoryChecker.checkAll(history).get(0).toString());
    }
}
