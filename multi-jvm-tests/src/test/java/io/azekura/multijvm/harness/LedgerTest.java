package io.azekura.multijvm.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final Optional<Content> ONE = Optional.of(new Content(1, 10));
    private static final Optional<Content> TWO = Optional.of(new Content(2, 20));

    private final Ledger ledger = new Ledger();

    @Test
    void anUnansweredRequestMayOrMayNotHaveHappened() {
        ledger.begin("k", ONE);
        assertEquals(Set.of(Optional.empty(), ONE), ledger.possible("k"));
        assertEquals(Set.of(), ledger.present());
    }

    @Test
    void anAcknowledgedStateIsTheOnlyPossibleOneIfAllWereAnswered() {
        ledger.begin("k", ONE);
        ledger.acknowledge("k", ONE);
        ledger.begin("k", TWO);
        ledger.acknowledge("k", TWO);
        assertEquals(Set.of(TWO), ledger.possible("k"));
        assertEquals(Set.of("k"), ledger.present());
    }

    @Test
    void aRequestWithoutAnAnswerMayHappenAfterALaterOneWasAcknowledged() {
        ledger.begin("k", ONE);
        ledger.begin("k", TWO);
        ledger.acknowledge("k", TWO);
        assertEquals(Set.of(ONE, TWO), ledger.possible("k"));
    }

    @Test
    void whatWasSeenAfterTheEndOfTheProcessCannotGoBack() {
        ledger.begin("k", ONE);
        ledger.acknowledge("k", ONE);
        ledger.begin("k", TWO);
        ledger.begin("k", Optional.empty());
        assertEquals(Set.of(ONE, TWO, Optional.empty()), ledger.possible("k"));
        ledger.settle("k", Optional.empty());
        assertEquals(Set.of(Optional.empty()), ledger.possible("k"));
        assertEquals(Set.of(), ledger.present());
    }

    @Test
    void aKeyNobodyWroteDoesNotExist() {
        assertEquals(Set.of(Optional.empty()), ledger.possible("never"));
    }
}
