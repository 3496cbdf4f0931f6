package io.azekura.persistence.simulation;

import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.RowFormat;
import io.azekura.persistence.register.VersionEdit;
import io.azekura.persistence.replica.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one operation of a gateway costs in a cluster without faults where nobody else does anything. Round trips
 * are counted along the chain of causes: a request that is sent because of a reply is one deeper than what was replied
 * to, and an operation took as many round trips as the reply that ended it was deep.
 */
final class CostMeter {
    private static final long QUIET_MICROS = 3_000_000;
    private static final long OPERATION_MICROS = 1_000_000;

    private final Kernel kernel;
    private final World world;
    private int depth;
    private @Nullable RegisterKey measured;
    private long requests;
    private long settles;
    private long bytes;

    /**
     * What one operation cost.
     *
     * @param syncsMin of the drives that synced before the answer, the least
     * @param syncsMax the most
     * @param syncsLater of all drives after it, for what nobody waits for
     * @param requests about the key to drives, settle marks apart
     * @param settles marks that go out with the answer
     * @param bytes of rows, edits and bodies in requests and replies
     * @param micros of virtual time
     */
    record Cost(
            int roundTrips,
            long syncsMin,
            long syncsMax,
            long syncsLater,
            long requests,
            long settles,
            long bytes,
            long micros) {}

    CostMeter(World.Shape shape, long seed) {
        kernel = new Kernel(seed, false);
        world = new World(kernel, shape, new Variant());
        world.checkNothing();
        world.network().setCalm(true);
        world.watch(this::sent);
        world.start();
        rest();
    }

    World world() {
        return world;
    }

    Session session() {
        return java.util.Objects.requireNonNull(world.session(0), "a gateway serves");
    }

    /** Lets everything that is under way end. */
    void rest() {
        kernel.runUntil(kernel.now() + QUIET_MICROS);
        if (!world.isQuiet()) {
            throw new IllegalStateException("not quiet:" + world.whyNotQuiet());
        }
    }

    /** Carries the operation out alone, to its end and until its traces are gone. */
    <T> Cost measure(RegisterKey key, Supplier<CompletionStage<T>> operation) {
        long before = kernel.now();
        long[] syncsBefore = syncs();
        depth = 0;
        measured = key;
        requests = 0;
        settles = 0;
        bytes = 0;
        int[] roundTrips = {-1};
        long[] micros = new long[1];
        long[] waited = new long[syncsBefore.length];
        operation.get().whenComplete((done, failure) -> {
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
            roundTrips[0] = depth;
            micros[0] = kernel.now() - before;
            System.arraycopy(syncs(), 0, waited, 0, waited.length);
        });
        kernel.runUntil(kernel.now() + OPERATION_MICROS);
        measured = null;
        if (roundTrips[0] < 0) {
            throw new IllegalStateException("the operation did not end");
        }
        long[] after = syncs();
        long later = Arrays.stream(after).sum() - Arrays.stream(waited).sum();
        for (int i = 0; i < waited.length; i++) {
            waited[i] -= syncsBefore[i];
        }
        long[] used = Arrays.stream(waited).filter(count -> count > 0).toArray();
        return new Cost(
                roundTrips[0],
                Arrays.stream(used).min().orElse(0),
                Arrays.stream(used).max().orElse(0),
                later,
                requests,
                settles,
                bytes,
                micros[0]);
    }

    private long[] syncs() {
        return world.drives().stream().mapToLong(drive -> drive.disk().syncs()).toArray();
    }

    private Consumer<Object> sent(SimGateway from, Request request, Consumer<Object> reply) {
        boolean isCounted =
                request instanceof Request.Keyed keyed && keyed.key().equals(measured);
        if (!isCounted || from != session().gateway()) {
            return reply;
        }
        if (request instanceof Request.Settle) {
            settles++;
            return reply;
        }
        requests++;
        bytes += bytes(request);
        int mine = depth + 1;
        return answer -> {
            bytes += bytes(answer);
            depth = mine;
            reply.accept(answer);
        };
    }

    private static long bytes(Object message) {
        if (message instanceof Request.Store store) {
            Accept accept = store.accept();
            return bytes(new Row(accept.ballot(), accept.state(), accept.edits()))
                    + (accept.body() == null ? 0 : accept.body().length());
        }
        if (message instanceof Promised promised && promised.row() != null) {
            return bytes(promised.row());
        }
        if (message instanceof Found found) {
            return bytes(found.row()) + (found.body() == null ? 0 : found.body().length());
        }
        if (message instanceof Request.Stage stage) {
            return stage.bytes().length();
        }
        if (message instanceof Request.VersionPage page) {
            return page.versions().stream().mapToLong(CostMeter::bytes).sum();
        }
        return 0;
    }

    private static long bytes(VersionEdit.Add version) {
        return (long) version.id().length() + version.value().length();
    }

    private static long bytes(Row row) {
        return RowFormat.encode(row).length;
    }

    /** The costs as the rows of a table. */
    static List<String> table(Map<String, Cost> costs) {
        List<String> rows = new ArrayList<>();
        rows.add("| Operation | Round trips | Syncs per drive | Requests | Marks | Syncs later, all drives |");
        rows.add("|---|---|---|---|---|---|");
        costs.forEach((name, cost) -> rows.add(
                Stream.of(name, cost.roundTrips(), cost.syncsMax(), cost.requests(), cost.settles(), cost.syncsLater())
                        .map(String::valueOf)
                        .collect(Collectors.joining(" | ", "| ", " |"))));
        return rows;
    }
}
