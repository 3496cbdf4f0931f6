package io.azekura.persistence.simulation;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.Outcome;
import io.azekura.persistence.object.Precondition;
import io.azekura.persistence.object.Terms;
import io.azekura.persistence.object.Version;
import io.azekura.persistence.object.VersionId;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.simulation.CostMeter.Cost;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The operations whose costs are promised, measured one by one in a quiet cluster; the main method prints them. */
final class OperationCosts {
    static final World.Shape SHAPE = new World.Shape(5, 4, 2, 1);
    static final String PUT_SMALL = "PUT of at most 16 KiB";
    static final String PUT_LARGE = "PUT of more";
    static final String GET_SMALL = "GET of at most 16 KiB";
    static final String GET_LARGE = "GET of more";
    static final String HEAD = "HEAD";
    static final String DELETE = "DELETE";
    private static final Terms PLAIN = new Terms(Terms.Versioning.UNVERSIONED, false, false, 1);
    private static final Terms VERSIONED = new Terms(Terms.Versioning.VERSIONED, false, false, 1);
    private static final int VALUE_LENGTH = 1000;
    private static final long STEP_MICROS = 1_000;

    private final CostMeter meter;
    private long values;

    OperationCosts(World.Shape shape) {
        meter = new CostMeter(shape, 1);
        // The drives raise the bound of their promises before they first answer.
        RegisterKey first = Clients.key(Clients.PLAIN_SPACE, "first");
        measurePut(first, false, PLAIN);
        meter.rest();
    }

    public static void main(String[] args) {
        OperationCosts costs = new OperationCosts(SHAPE);
        print("One operation, alone, on a stripe set of 4 drives (2+2)", costs.plain());
        for (int older : new int[] {1, 10, 100, 1_000, 10_000}) {
            print(older + " older versions", costs.versioned(older));
        }
        for (double loss : new double[] {0, 0.01}) {
            System.out.println();
            System.out.println(HotKey.play(1, 4, loss, HotKey.Mix.MIXED));
        }
    }

    private static void print(String title, Map<String, Cost> costs) {
        System.out.println();
        System.out.println(title);
        System.out.println();
        CostMeter.table(costs).forEach(System.out::println);
        costs.forEach((name, cost) ->
                System.out.println(name + ": " + cost.bytes() + " bytes of rows and bodies, " + cost.micros() + " us"));
    }

    /** Each operation on a key of an unversioned bucket. */
    Map<String, Cost> plain() {
        Map<String, Cost> costs = new LinkedHashMap<>();
        RegisterKey small = Clients.key(Clients.PLAIN_SPACE, "small");
        RegisterKey large = Clients.key(Clients.PLAIN_SPACE, "large");
        costs.put(PUT_SMALL, measurePut(small, false, PLAIN));
        costs.put(PUT_SMALL + ", replacing", measurePut(small, false, PLAIN));
        costs.put(PUT_LARGE, measurePut(large, true, PLAIN));
        costs.put(PUT_LARGE + ", replacing", measurePut(large, true, PLAIN));
        costs.put(GET_SMALL, meter.measure(small, () -> get(small)));
        costs.put(GET_LARGE, meter.measure(large, () -> get(large)));
        costs.put(HEAD, meter.measure(small, () -> meter.session().objects().get(small)));
        costs.put("HEAD of nothing", meter.measure(Clients.key(Clients.PLAIN_SPACE, "no"), () -> meter.session()
                .objects()
                .get(Clients.key(Clients.PLAIN_SPACE, "no"))));
        costs.put(DELETE, measureDelete(small, PLAIN));
        return costs;
    }

    /** Each operation on a key of a versioned bucket that has so many older versions. */
    Map<String, Cost> versioned(int older) {
        RegisterKey key = Clients.key(Clients.VERSIONED_SPACE, "versions of " + older);
        VersionId[] first = new VersionId[1];
        fill(key, older + 1, first);
        meter.rest();
        VersionId oldest = java.util.Objects.requireNonNull(first[0]);
        Map<String, Cost> costs = new LinkedHashMap<>();
        costs.put(PUT_SMALL, measurePut(key, false, VERSIONED));
        costs.put(GET_SMALL, meter.measure(key, () -> get(key)));
        costs.put(HEAD, meter.measure(key, () -> meter.session().objects().get(key)));
        costs.put(
                "HEAD of the oldest version",
                meter.measure(key, () -> meter.session().objects().getVersion(key, oldest)));
        costs.put(DELETE, measureDelete(key, VERSIONED));
        costs.put(
                "DELETE of the oldest version",
                meter.measure(key, () -> meter.session().objects().deleteVersion(key, VERSIONED, oldest, Bytes.EMPTY)));
        return costs;
    }

    private void fill(RegisterKey key, int count, VersionId[] first) {
        Kernel kernel = meter.world().kernel();
        for (int i = 0; i < count; i++) {
            boolean[] done = new boolean[1];
            put(key, false, VERSIONED).thenAccept(outcome -> {
                if (!(outcome instanceof Outcome.Done<Version> put)) {
                    throw new IllegalStateException(outcome.toString());
                }
                if (first[0] == null) {
                    first[0] = put.value().id();
                }
                done[0] = true;
            });
            while (!done[0]) {
                kernel.runUntil(kernel.now() + STEP_MICROS);
            }
        }
    }

    private Cost measurePut(RegisterKey key, boolean isLarge, Terms terms) {
        return meter.measure(key, () -> put(key, isLarge, terms));
    }

    private CompletionStage<Outcome<Version>> put(RegisterKey key, boolean isLarge, Terms terms) {
        Session session = meter.session();
        String value = String.format(java.util.Locale.ROOT, "%0" + VALUE_LENGTH + "d", ++values);
        return session.objects()
                .putOnceStaged(key, terms, Precondition.NONE, Clients.staged(session, key, value, isLarge))
                .thenApply(OperationCosts::succeeded);
    }

    private Cost measureDelete(RegisterKey key, Terms terms) {
        return meter.measure(key, () -> meter.session()
                .objects()
                .delete(key, terms, Precondition.NONE, Bytes.EMPTY)
                .thenApply(OperationCosts::succeeded));
    }

    private CompletionStage<Optional<Bytes>> get(RegisterKey key) {
        Session session = meter.session();
        return session.objects().get(key).thenCompose(outcome -> {
            var stored = succeeded(outcome);
            var object = ((Outcome.Done<io.azekura.persistence.object.Objects.Stored>) stored).value();
            return object.body() != null
                    ? java.util.concurrent.CompletableFuture.completedStage(Optional.of(object.body()))
                    : session.bodies().load(key, object.content());
        });
    }

    private static <T> Outcome<T> succeeded(Outcome<T> outcome) {
        if (!(outcome instanceof Outcome.Done<T>)) {
            throw new IllegalStateException(outcome.toString());
        }
        return outcome;
    }
}
