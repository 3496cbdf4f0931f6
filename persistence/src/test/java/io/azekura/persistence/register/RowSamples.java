package io.azekura.persistence.register;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Rows for the tests of whatever stores rows. */
public final class RowSamples {
    private RowSamples() {}

    /** A live row of a body in 4+2 shards. */
    public static Row sharded(long counter) {
        Ballot ballot = new Ballot(counter, 0x1122334455667788L);
        Content content = new Content.Sharded(new DataId(7, 300), 1_000_000, 4, 2, 65_536, List.of(0, 1, 2, 3, 4, -1));
        return new Row(ballot, live(ballot, content));
    }

    /** A live row of a body that is kept whole. */
    public static Row whole(long counter) {
        Ballot ballot = new Ballot(counter, 0x1122334455667788L);
        return new Row(ballot, live(ballot, new Content.Whole(new DataId(-7, 1), 4096)));
    }

    /** A tombstone with a full ring of operations. */
    public static Row tombstone(long counter) {
        List<AppliedOperation> ring = new ArrayList<>();
        for (int i = 0; i < State.APPLIED_MAX; i++) {
            ring.add(new AppliedOperation(new OperationId(i, 1000L * i), new Ballot(i + 1, -1)));
        }
        State state = new State(State.Kind.TOMBSTONE, Bytes.utf8("gone"), Content.NONE, ring, 3, 9);
        return new Row(new Ballot(counter, 5), state);
    }

    private static State live(Ballot ballot, Content content) {
        OperationId operation = new OperationId(0x0102030405060708L, 42);
        return new State(
                State.Kind.LIVE, Bytes.utf8("value"), content, List.of(new AppliedOperation(operation, ballot)), 1, 2);
    }

    /** Any state at all. */
    public static Arbitrary<State> states() {
        Arbitrary<Bytes> values =
                Arbitraries.bytes().array(byte[].class).ofMaxSize(64).map(Bytes::wrap);
        Arbitrary<AppliedOperation> applied = Combinators.combine(Arbitraries.longs(), Arbitraries.longs(), ballots())
                .as((process, sequence, ballot) -> new AppliedOperation(new OperationId(process, sequence), ballot));
        return Combinators.combine(
                        Arbitraries.of(State.Kind.values()),
                        values,
                        contents(),
                        applied.list().ofMaxSize(State.APPLIED_MAX),
                        Arbitraries.longs(),
                        Arbitraries.longs())
                .as(State::new);
    }

    public static Arbitrary<Ballot> ballots() {
        return Combinators.combine(Arbitraries.longs().greaterOrEqual(0), Arbitraries.longs())
                .as(Ballot::new);
    }

    private static Arbitrary<Content> contents() {
        Arbitrary<DataId> ids =
                Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(DataId::new);
        Arbitrary<Content> whole = Combinators.combine(
                        ids, Arbitraries.integers().between(1, Content.WHOLE_BYTES_MAX))
                .as(Content.Whole::new);
        Arbitrary<Content> sharded = Combinators.combine(
                        ids,
                        Arbitraries.longs().greaterOrEqual(1),
                        Arbitraries.integers().between(1, 16),
                        Arbitraries.integers().between(0, 16),
                        Arbitraries.integers().greaterOrEqual(0),
                        Arbitraries.integers().between(-1, 31).list().ofSize(32))
                .as((id, length, k, m, unit, holders) ->
                        new Content.Sharded(id, length, k, m, unit, holders.subList(0, k + m)));
        return Arbitraries.oneOf(Arbitraries.just(Content.NONE), whole, sharded);
    }
}
