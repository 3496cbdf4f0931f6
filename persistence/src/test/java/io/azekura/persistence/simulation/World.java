package io.azekura.persistence.simulation;

import io.azekura.persistence.bucket.BucketSpace;
import io.azekura.persistence.control.ControlLog;
import io.azekura.persistence.control.ControlState;
import io.azekura.persistence.control.DriveIdentity;
import io.azekura.persistence.control.PartitionLayout;
import io.azekura.persistence.control.Stage;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.journal.JournalKey;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.OutboxEntry;
import io.azekura.persistence.object.PartKey;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.replica.ReplicaRecord;
import io.azekura.persistence.replica.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A simulated cluster: a drive on each node, gateways on the first few, a steward that moves partitions. Everything that
 * decides is real; the network, the disks and the clocks are simulated, and the world knows all that is true in them.
 */
final class World {
    private static final long BUCKETS_MICROS = 1_000_000;
    static final int GATEWAYS = 3;

    private final Kernel kernel;
    private final Variant variant;
    private final Shape shape;
    private final Random random;
    private final SimNetwork network;
    private final List<SimDrive> drives = new ArrayList<>();
    private final List<Gate> gates = new ArrayList<>();
    private final Map<DriveId, SimDrive> byId = new HashMap<>();
    private final TreeMap<Long, ControlState> states = new TreeMap<>();
    private final Map<DriveId, Integer> lost = new HashMap<>();
    private final Map<DriveId, DriveIdentity.HighWater> seen = new HashMap<>();
    private int untold;
    private final List<String> broken = new ArrayList<>();
    private final long[] clockOffsets;
    private final Invariants invariants;
    private final Clients clients;
    private final Mounting mounting;
    private final Steward steward;
    private final ControlState genesis;
    private long processes;
    private long ids;

    /** How large a history is: {@code drives} of which each partition uses {@code stripe}. */
    record Shape(int drives, int stripe, int dataShards, int partitions) {}

    /** A place where a gateway process runs, one after the other. */
    private static final class Gate {
        private final Kernel.Task task;
        private final int node;
        private @Nullable Session session;

        private Gate(Kernel.Task task, int node) {
            this.task = task;
            this.node = node;
        }
    }

    private Probe probe = Probe.NONE;
    private boolean checking = true;

    World(Kernel kernel, Shape shape, Variant variant) {
        this(kernel, shape, variant, GATEWAYS);
    }

    World(Kernel kernel, Shape shape, Variant variant, int gateways) {
        this.kernel = kernel;
        this.variant = variant;
        this.shape = shape;
        this.random = kernel.random("world");
        this.network = new SimNetwork(kernel, shape.drives());
        this.clockOffsets = new long[shape.drives()];
        this.clients = new Clients(this);
        this.mounting = new Mounting(this, random);
        this.steward = new Steward(this, random);
        this.invariants = new Invariants(this);
        List<DriveId> first = new ArrayList<>();
        for (int i = 0; i < shape.drives(); i++) {
            first.add(nextDriveId());
        }
        this.genesis = firstState(first);
        states.put(genesis.version(), genesis);
        ids = 0;
        for (int slot = 0; slot < shape.drives(); slot++) {
            SimDrive drive = variant.drive(this, slot);
            drives.add(drive);
            byId.put(drive.id(), drive);
        }
        for (int node = 0; node < gateways; node++) {
            gates.add(new Gate(kernel.task("gateway " + node), node % shape.drives()));
        }
    }

    private ControlState firstState(List<DriveId> all) {
        List<List<DriveId>> sets = new ArrayList<>();
        for (int partition = 0; partition < shape.partitions(); partition++) {
            List<DriveId> set = new ArrayList<>();
            for (int i = 0; i < shape.stripe(); i++) {
                set.add(all.get((partition + i) % all.size()));
            }
            sets.add(set);
        }
        Map<DriveId, String> nodes = new HashMap<>();
        all.forEach(drive -> nodes.put(drive, "node"));
        return ControlState.genesis(all.subList(0, Math.min(all.size(), 5)), nodes, sets);
    }

    void start() {
        drives.forEach(SimDrive::mount);
        gates.forEach(this::open);
        steward.begin();
    }

    Kernel kernel() {
        return kernel;
    }

    Variant variant() {
        return variant;
    }

    Clients clients() {
        return clients;
    }

    boolean isMember(SimDrive drive, int partition) {
        return partition < 0
                ? newest().holders().contains(drive.id())
                : newest().partition(partition).replicas().contains(drive.id());
    }

    /** Has every request of a gateway or a drive looked at from now on. */
    void watch(Probe next) {
        probe = next;
    }

    /** Counts and measures only: what the invariants look at grows with what there is. */
    void checkNothing() {
        checking = false;
    }

    Invariants invariants() {
        return invariants;
    }

    SimNetwork network() {
        return network;
    }

    List<SimDrive> drives() {
        return drives;
    }

    ControlState genesis() {
        return genesis;
    }

    /** Every layout that the partition ever had. */
    List<PartitionLayout> layoutsOf(int partition) {
        return states.values().stream()
                .map(state -> state.partition(partition))
                .distinct()
                .toList();
    }

    /** Of all that anybody has learnt, the newest. */
    ControlState newest() {
        return states.lastEntry().getValue();
    }

    int shards() {
        return shape.stripe();
    }

    int dataShards() {
        return shape.dataShards();
    }

    long choreAgeMicros() {
        return 300_000;
    }

    void broken(String what) {
        kernel.say("BROKEN " + what);
        broken.add(what);
    }

    List<String> broken() {
        return broken;
    }

    DriveId nextDriveId() {
        return new DriveId(new UUID(7, ++ids));
    }

    long nextProcess() {
        return 1000 + ++processes;
    }

    long wallMicros(SimGateway gateway) {
        return 1_000_000_000L + kernel.now() + clockOffsets[gateway.node()];
    }

    // --- Where keys are ---

    List<Integer> partitions() {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < shape.partitions(); i++) {
            all.add(i);
        }
        return all;
    }

    List<Integer> partitionsOf(long space) {
        if (!isOfBucket(space)) {
            return partitions();
        }
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < spread(space); i++) {
            all.add(Math.floorMod(first(space) + i, shape.partitions()));
        }
        return all;
    }

    /** Whether the space is that of a bucket which was made in the course of the history. */
    static boolean isOfBucket(long space) {
        return space < 0 || space > Integer.MAX_VALUE;
    }

    private int spread(long space) {
        return Math.min(1 << BucketSpace.spread(space), shape.partitions());
    }

    private static int first(long space) {
        return Long.hashCode(BucketSpace.incarnationOf(space) >>> 7) >>> 1;
    }

    int partitionOf(RegisterKey key) {
        if (ControlLog.isEntry(key)) {
            return -1;
        }
        try {
            if (key.space() == RegisterKey.JOURNAL) {
                return hash(JournalKey.placement(key.key()));
            }
            RegisterKey at = (key.space() & 7) == 1 ? PartKey.decode(key).object() : key;
            return isOfBucket(key.space())
                    ? Math.floorMod(first(key.space()) + hash(at.key()) % spread(key.space()), shape.partitions())
                    : hash(at.key());
        } catch (IOException odd) {
            throw new IllegalStateException("a key of no kind: " + key, odd);
        }
    }

    private int hash(Bytes bytes) {
        return Math.floorMod((bytes.hashCode() * 0x9E3779B9) >>> 7, shape.partitions());
    }

    long layoutVersionOf(long controlVersion, int partition) {
        if (partition < 0) {
            return 0;
        }
        ControlState state = states.get(Math.max(controlVersion, genesis.version()));
        return java.util.Objects.requireNonNull(state, "a version that nobody learnt")
                .partition(partition)
                .since();
    }

    boolean isReplica(SimDrive drive, int partition) {
        if (partition < 0) {
            return drive.gateway().layouts().state().holders().contains(drive.id());
        }
        return drive.gateway().layouts().state().partition(partition).replicas().contains(drive.id());
    }

    /** All partitions, and the control log as one more. */
    List<Integer> partitionsAndLog() {
        List<Integer> all = new ArrayList<>(partitions());
        all.add(-1);
        return all;
    }

    Collection<Integer> partitionsOf(SimDrive drive) {
        return partitionsAndLog().stream()
                .filter(partition -> isReplica(drive, partition))
                .toList();
    }

    /** Partitions of which the drive became a learner between two versions, in a move that it has not learnt for yet. */
    List<Integer> newlyLearning(SimDrive drive, long before, long now) {
        ControlState old = java.util.Objects.requireNonNull(states.get(Math.max(before, genesis.version())));
        ControlState state = java.util.Objects.requireNonNull(states.get(now));
        List<Integer> learning = new ArrayList<>();
        for (int partition : partitions()) {
            PartitionLayout layout = state.partition(partition);
            boolean isLearner = layout.learners().contains(drive.id());
            PartitionLayout was = old.partition(partition);
            boolean isSameMove = was.begun() == layout.begun() && was.learners().contains(drive.id());
            if (isLearner && (!isSameMove || before < genesis.version())) {
                learning.add(partition);
            }
        }
        return learning;
    }

    void learnt(ControlState state) {
        states.putIfAbsent(state.version(), state);
        ControlState known = java.util.Objects.requireNonNull(states.get(state.version()));
        if (!known.equals(state)) {
            broken("two control logs at version " + state.version());
        }
    }

    static Bytes rebuild(Content.Sharded content, int shard, Map<Integer, Bytes> shards) {
        return decode(shards);
    }

    /** Shards of one body agree; anything else was mixed up. */
    static Bytes decode(Map<Integer, Bytes> shards) {
        Bytes first = shards.values().iterator().next();
        return shards.values().stream().allMatch(first::equals) ? first : Bytes.utf8("mixed up");
    }

    // --- Messages ---

    boolean isBeforeBoot(Request request) {
        return request instanceof Request.Keyed keyed && ControlLog.isEntry(keyed.key());
    }

    void send(SimGateway from, DriveId to, Request request, long layoutVersion, Consumer<Object> reply) {
        SimDrive drive = byId.get(to);
        if (drive == null) {
            return;
        }
        invariants.sent(request);
        Consumer<Object> probed = probe.sent(from, request, reply);
        Map<DriveId, DriveIdentity.HighWater> marks = request instanceof Request.Settle ? from.marks() : Map.of();
        network.send(from.node(), drive.slot(), drive.task(), () -> {
            if (drive.id().equals(to)) {
                // Else the only one who knows how far a drive was would be the gateway, and that may die.
                marks.forEach(drive.gateway()::saw);
                drive.receive(request, layoutVersion, answer -> {
                    if (kernel.isPrinting() && request instanceof Request.Promise) {
                        kernel.say("drive " + drive.slot() + " answers " + request + ": " + answer);
                    }
                    invariants.answered(drive, request, answer);
                    DriveIdentity.HighWater mark =
                            new DriveIdentity.HighWater(drive.memory().booted().boot(), drive.durableLength());
                    network.send(drive.slot(), from.node(), from.task(), () -> {
                        from.saw(to, mark);
                        probed.accept(answer);
                    });
                });
            }
        });
    }

    void applied(SimDrive drive, ReplicaRecord one) {
        kernel.note(one.getClass().getSimpleName(), drive.slot());
        if (kernel.isPrinting()) {
            kernel.say("drive " + drive.slot() + " applied " + one);
        }
        if (checking) {
            invariants.applied(drive, one);
        }
    }

    // --- Gateways ---

    private void open(Gate gate) {
        kernel.restart(gate.task);
        gate.session = new Session(this, new SimGateway(this, gate.task, gate.node, nextProcess()));
        outbox(gate);
        buckets(gate);
    }

    private void buckets(Gate gate) {
        Session session = gate.session;
        if (session != null) {
            kernel.after(BUCKETS_MICROS / 2 + random.nextInt((int) BUCKETS_MICROS), gate.task, () -> {
                session.buckets().tend();
                buckets(gate);
            });
        }
    }

    private void outbox(Gate gate) {
        Session session = gate.session;
        if (session != null) {
            kernel.after(200_000 + random.nextInt(200_000), gate.task, () -> {
                session.outbox().deliverAll(Clients.PLAIN_SPACE, Clients.terms(false));
                session.outbox().deliverAll(Clients.VERSIONED_SPACE, Clients.terms(true));
                outbox(gate);
            });
        }
    }

    @Nullable
    Session session(int client) {
        Gate gate = gates.get(client % gates.size());
        for (int i = 1; i <= gates.size() && !isUp(gate); i++) {
            gate = gates.get((client + i) % gates.size());
        }
        return isUp(gate) ? gate.session : null;
    }

    private static boolean isUp(Gate gate) {
        return gate.session != null && gate.task.isRunning() && !gate.task.isPaused();
    }

    CompletionStage<Boolean> delivered(RegisterKey key, OutboxEntry entry) {
        invariants.delivered(entry);
        return CompletableFuture.completedStage(true);
    }

    // --- Mounting ---

    void mounting(SimDrive drive) {
        mounting.begin(drive);
    }

    /** The gateways that run, or pause. */
    List<SimGateway> gateways() {
        List<SimGateway> up = new ArrayList<>();
        for (Gate gate : gates) {
            Session session = gate.session;
            if (session != null && gate.task.isRunning()) {
                up.add(session.gateway());
            }
        }
        return up;
    }

    void renamed(SimDrive drive) {
        byId.put(drive.id(), drive);
    }

    /** A reply told some process how far the drive is. */
    void saw(DriveId drive, DriveIdentity.HighWater mark) {
        seen.merge(drive, mark, SimGateway::further);
    }

    /**
     * Whether a drive lost what somebody had counted on, and none who answered its mount remembers: those who knew are gone,
     * or did not answer for long. The marks are in memory, so this is not promised to be noticed (ADR 0010).
     */
    boolean isUntold(DriveIdentity.Found found, List<DriveIdentity.HighWater> told) {
        boolean isUntold = hasLostWhatWasSeen(found) && told.stream().noneMatch(mark -> isBehind(found, mark));
        untold += isUntold ? 1 : 0;
        return isUntold;
    }

    /** Whether some process, be it dead by now, had a reply of the drive from further on than what it was found with. */
    boolean hasLostWhatWasSeen(DriveIdentity.Found found) {
        return isBehind(found, seen.get(found.drive()));
    }

    private static boolean isBehind(DriveIdentity.Found found, DriveIdentity.@Nullable HighWater mark) {
        return mark != null && (mark.boot() > found.boot() || mark.sequence() > found.sequence());
    }

    /** How often a loss could not be noticed. */
    int untold() {
        return untold;
    }

    void discarded(SimDrive drive) {
        lost.put(drive.id(), drive.slot());
        invariants.discarded(drive);
    }

    // --- The steward ---

    Steward steward() {
        return steward;
    }

    /** The gateway of a random place, if one is up there. */
    @Nullable
    SimGateway anyGateway() {
        Gate gate = gates.get(random.nextInt(gates.size()));
        return isUp(gate) ? java.util.Objects.requireNonNull(gate.session).gateway() : null;
    }

    /** Where the drive was that is lost for good, or null. */
    @Nullable
    Integer slotOfLost(DriveId drive) {
        return lost.get(drive);
    }

    // --- What goes wrong ---

    void killGateway(int number) {
        Gate gate = gates.get(number % gates.size());
        Session session = gate.session;
        if (session != null && gate.task.isRunning()) {
            kernel.kill(gate.task);
            gate.session = null;
            clients.abandon(session);
            kernel.after(20_000 + random.nextInt(100_000), () -> open(gate));
        }
    }

    void pauseGateway(int number, long micros) {
        Gate gate = gates.get(number % gates.size());
        if (isUp(gate)) {
            kernel.pause(gate.task);
            kernel.after(micros, () -> kernel.resume(gate.task));
        }
    }

    void shiftClock(int node, long micros) {
        clockOffsets[node] = micros;
        drives.get(node).shiftClock(micros);
    }

    private boolean isLearning(SimDrive drive) {
        return drive.memory().learning().stream().anyMatch(partition -> isMember(drive, partition));
    }

    /** Whether the loss of one more drive for good is within what is promised. */
    boolean isWhole() {
        for (SimDrive drive : drives) {
            boolean isFine = drive.isServing()
                    && !drive.task().isPaused()
                    && !isLearning(drive)
                    && drive.memory().isFaithful()
                    && !drive.disk().isLying()
                    && !drive.disk().isFaulty()
                    && !drive.hasDamage();
            if (!isFine) {
                return false;
            }
        }
        return newest().partitions().stream()
                        .allMatch(partition -> partition.stage() == Stage.STABLE
                                && partition.from().stream().noneMatch(lost::containsKey))
                && holdersToSpare() > 0
                && invariants.isRedundant();
    }

    /** How many more drives that hold the control log may be lost; nobody here puts others in their place. */
    private long holdersToSpare() {
        List<DriveId> holders = newest().holders();
        long left = holders.stream().filter(holder -> !lost.containsKey(holder)).count();
        return left - (holders.size() / 2 + 1);
    }

    /** Whether everything that was to be done is done. */
    boolean isQuiet() {
        return whyNotQuiet().isEmpty();
    }

    /** What is not done yet, or nothing. */
    String whyNotQuiet() {
        StringBuilder why = new StringBuilder();
        for (SimDrive drive : drives) {
            if (!drive.isServing()) {
                why.append(" drive ").append(drive.slot()).append(" does not serve;");
            }
            if (drive.disk().isLying()) {
                why.append(" drive ").append(drive.slot()).append(" is about to lose what it lied about;");
            }
            if (!drive.memory().isFaithful() || drive.hasDamage()) {
                why.append(" drive ").append(drive.slot()).append(" has damage;");
            }
            if (drive.isCatchingUp()) {
                why.append(" drive ").append(drive.slot()).append(" catches up;");
            }
            if (isLearning(drive)) {
                why.append(" drive ").append(drive.slot()).append(" learns;");
            }
            why.append(invariants.leftOver(drive));
        }
        newest().partitions().forEach(partition -> {
            if (partition.stage() != Stage.STABLE || partition.from().stream().anyMatch(lost::containsKey)) {
                why.append(" a partition is ")
                        .append(partition.stage())
                        .append(" from ")
                        .append(partition.from());
            }
        });
        why.append(invariants.bucketsLeft());
        if (!clients.isIdle()) {
            why.append(" clients are busy;");
        }
        return why.toString();
    }

    void calmDown() {
        network.healAll();
        network.setCalm(true);
        for (int node = 0; node < clockOffsets.length; node++) {
            shiftClock(node, 0);
        }
        for (Gate gate : gates) {
            kernel.resume(gate.task);
        }
        for (SimDrive drive : drives) {
            kernel.resume(drive.task());
            if (!drive.task().isRunning()) {
                drive.mount();
            } else if (drive.disk().isFaulty()) {
                drive.crash();
                drive.mount();
            }
            drive.disk().setSlow(0);
        }
    }
}
