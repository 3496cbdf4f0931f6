package io.azekura.persistence.simulation;

import io.azekura.persistence.object.Outcome;
import io.azekura.persistence.object.Precondition;
import io.azekura.persistence.object.Refusal;
import io.azekura.persistence.object.Version;
import io.azekura.persistence.register.RegisterKey;
import java.util.Arrays;
import java.util.Locale;

/**
 * Many clients of several gateways write one key as fast as they can. What must not happen is a duel: proposers that
 * keep each other from finishing while none of them does.
 */
final class HotKey {
    static final int CLIENTS = 64;
    static final long BUSY_MICROS = 5_000_000;
    private static final long WARM_MICROS = 1_000_000;
    private static final World.Shape SHAPE = new World.Shape(5, 4, 2, 1);
    private static final RegisterKey KEY = Clients.key(Clients.PLAIN_SPACE, "hot");

    /** What the clients do. */
    enum Mix {
        UNCONDITIONAL,
        /** Every other client writes only if the object is still what it saw last. */
        MIXED
    }

    /** How it went; times in microseconds of virtual time. */
    record Played(
            int gateways,
            double loss,
            int done,
            int refused,
            int failed,
            int fewestOfAClient,
            int mostOfAClient,
            long longestDuel,
            long longestOperation,
            double perSecond) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d clients, %d gateways, one key, loss %.0f %%: %.0f answers/s (%d written, %d refused, %d failed),"
                            + " %d to %d a client, longest duel %.1f ms, longest operation %.1f ms",
                    CLIENTS,
                    gateways,
                    loss * 100,
                    perSecond,
                    done,
                    refused,
                    failed,
                    fewestOfAClient,
                    mostOfAClient,
                    longestDuel / 1000.0,
                    longestOperation / 1000.0);
        }
    }

    private final Kernel kernel;
    private final World world;
    private final int gateways;
    private final double loss;
    private final Mix mix;
    private final int[] ends = new int[CLIENTS];
    private final String[] seen = new String[CLIENTS];
    private int done;
    private int refused;
    private int failed;
    private long lastEnd;
    private long longestDuel;
    private long longestOperation;
    private long until;
    private long values;

    private HotKey(long seed, int gateways, double loss, Mix mix) {
        this.kernel = new Kernel(seed, false);
        this.gateways = gateways;
        this.world = new World(kernel, SHAPE, new Variant(), gateways);
        this.loss = loss;
        this.mix = mix;
    }

    static Played play(long seed, int gateways, double loss, Mix mix) {
        return new HotKey(seed, gateways, loss, mix).play();
    }

    private Played play() {
        world.network().setCalm(true);
        world.start();
        kernel.runUntil(WARM_MICROS);
        world.network().setCalm(loss == 0);
        world.network().setLoss(loss);
        until = kernel.now() + BUSY_MICROS;
        lastEnd = kernel.now();
        Arrays.fill(seen, "none");
        for (int client = 0; client < CLIENTS; client++) {
            next(client);
        }
        kernel.runUntil(until);
        ended(kernel.now());
        return new Played(
                gateways,
                loss,
                done,
                refused,
                failed,
                Arrays.stream(ends).min().orElse(0),
                Arrays.stream(ends).max().orElse(0),
                longestDuel,
                longestOperation,
                (done + refused) * 1e6 / BUSY_MICROS);
    }

    private void ended(long now) {
        longestDuel = Math.max(longestDuel, now - lastEnd);
        lastEnd = now;
    }

    private void next(int client) {
        long began = kernel.now();
        if (began >= until) {
            return;
        }
        Session session = java.util.Objects.requireNonNull(world.session(client), "gateways stay up");
        String value = "x" + ++values;
        boolean isConditional = mix == Mix.MIXED && client / gateways % 2 == 1;
        Precondition precondition = isConditional ? new Precondition.Matches(seen[client]) : Precondition.NONE;
        session.objects()
                .putOnceStaged(KEY, Clients.terms(false), precondition, Clients.staged(session, KEY, value, false))
                .thenAccept(outcome -> {
                    long now = kernel.now();
                    ended(now);
                    longestOperation = Math.max(longestOperation, now - began);
                    count(client, value, outcome);
                });
    }

    private void count(int client, String value, Outcome<Version> outcome) {
        boolean isRefused =
                outcome instanceof Outcome.Refused<Version> no && no.refusal() == Refusal.PRECONDITION_FAILED;
        if (outcome instanceof Outcome.Done<Version>) {
            done++;
            ends[client]++;
            seen[client] = value;
            kernel.after(0, () -> next(client));
        } else if (isRefused) {
            refused++;
            ends[client]++;
            look(client);
        } else {
            failed++;
            kernel.after(0, () -> next(client));
        }
    }

    /** After a refusal the client reads what is there now. */
    private void look(int client) {
        Session session = java.util.Objects.requireNonNull(world.session(client), "gateways stay up");
        session.objects().get(KEY).thenAccept(outcome -> {
            if (outcome instanceof Outcome.Done<io.azekura.persistence.object.Objects.Stored> read) {
                seen[client] = read.value().version().etag();
            }
            next(client);
        });
    }
}
