package io.azekura.persistence.simulation;

import io.azekura.persistence.control.ControlCommand;
import io.azekura.persistence.control.ControlLog;
import io.azekura.persistence.control.ControlState;
import io.azekura.persistence.control.LayoutSteps;
import io.azekura.persistence.control.PartitionLayout;
import io.azekura.persistence.control.Stage;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.replica.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Moves what must move: away from drives that are lost, and where somebody wishes it; back when somebody wishes that. */
final class Steward {
    private static final long STEWARD_MICROS = 120_000;

    private final World world;
    private final Kernel kernel;
    private final Random random;
    private final Map<Integer, List<DriveId>> wishes = new TreeMap<>();
    private final Set<Integer> takeBack = new HashSet<>();

    Steward(World world, Random random) {
        this.world = world;
        this.kernel = world.kernel();
        this.random = random;
    }

    CompletionStage<LayoutSteps.Observed> observe(SimGateway gateway, PartitionLayout layout) {
        Map<DriveId, Long> seen = new HashMap<>();
        Set<DriveId> complete = new HashSet<>();
        List<CompletableFuture<Object>> asked = new ArrayList<>();
        int number = gateway.layouts().state().partitions().indexOf(layout);
        for (DriveId drive : layout.replicas()) {
            asked.add(gateway.ask(drive, new Request.Status(), 0)
                    .toCompletableFuture()
                    .thenApply(reply -> {
                        if (reply instanceof Request.DriveStatus status) {
                            seen.put(drive, status.controlVersion());
                            if (java.util.Objects.equals(status.complete().get(number), layout.since())) {
                                complete.add(drive);
                            }
                        }
                        return reply;
                    }));
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(done -> new LayoutSteps.Observed(seen, complete));
    }

    /** Begins to look after the partitions, again and again. */
    void begin() {
        kernel.after(STEWARD_MICROS, this::look);
    }

    private void look() {
        SimGateway gateway = world.anyGateway();
        if (gateway != null) {
            gateway.layouts().learn(0).thenRun(() -> {
                for (int partition : world.partitions()) {
                    move(gateway, partition);
                }
            });
        }
        kernel.after(STEWARD_MICROS / 2 + random.nextInt((int) STEWARD_MICROS), this::look);
    }

    private void move(SimGateway gateway, int number) {
        ControlState state = gateway.layouts().state();
        PartitionLayout layout = state.partition(number);
        ControlLog log = gateway.layouts().log();
        if (layout.stage() == Stage.STABLE) {
            List<DriveId> to = wanted(state, number, layout);
            if (to != null) {
                propose(log, new ControlCommand.BeginMove(number, to));
            }
            return;
        }
        boolean isLearnerLost = layout.learners().stream().anyMatch(drive -> world.slotOfLost(drive) != null);
        boolean back = takeBack.contains(number) || isLearnerLost;
        observe(gateway, layout).thenAccept(observed -> {
            LayoutSteps steps = world.variant().layoutSteps();
            LayoutSteps.Next next = back ? steps.back(state, number, observed) : steps.next(state, number, observed);
            if (next instanceof LayoutSteps.Propose propose) {
                if (back && propose.command() instanceof ControlCommand.RollBack) {
                    takeBack.remove(number);
                }
                propose(log, propose.command());
            }
        });
    }

    private void propose(ControlLog log, ControlCommand command) {
        log.add(state -> state.apply(command) instanceof ControlState.Done ? command : null)
                .thenAccept(outcome -> {
                    world.learnt(log.known());
                    kernel.say(
                            "steward: " + command + " → " + outcome.getClass().getSimpleName() + " at version "
                                    + log.known().version());
                });
    }

    /** The set with lost drives replaced by what came in their place, or as somebody wished it. */
    private @Nullable List<DriveId> wanted(ControlState state, int number, PartitionLayout layout) {
        List<DriveId> to = new ArrayList<>(layout.from());
        for (int position = 0; position < to.size(); position++) {
            Integer slot = world.slotOfLost(to.get(position));
            if (slot != null) {
                DriveId fresh = world.drives().get(slot).id();
                if (!state.isMember(fresh) || to.contains(fresh)) {
                    return null;
                }
                to.set(position, fresh);
            }
        }
        if (to.equals(layout.from())) {
            List<DriveId> wish = wishes.remove(number);
            boolean isFit = wish != null && wish.stream().allMatch(state::isMember);
            return isFit && !wish.equals(to) ? wish : null;
        }
        return to;
    }

    /** Asks for the drive at a position of a partition to be replaced by one that is not in the set. */
    void wishMove(int partition, int pick) {
        PartitionLayout layout = world.newest().partition(partition);
        List<DriveId> others = new ArrayList<>();
        world.drives().forEach(drive -> {
            if (!layout.from().contains(drive.id())) {
                others.add(drive.id());
            }
        });
        if (layout.stage() == Stage.STABLE && !others.isEmpty()) {
            List<DriveId> to = new ArrayList<>(layout.from());
            to.set(pick % to.size(), others.get(pick % others.size()));
            if (others.size() > 1 && pick % 3 == 0) {
                to.set((pick + 1) % to.size(), others.get((pick + 1) % others.size()));
            }
            if (new HashSet<>(to).size() == to.size()) {
                wishes.put(partition, to);
            }
        }
    }

    void wishBack(int partition) {
        if (world.newest().partition(partition).stage() != Stage.STABLE) {
            takeBack.add(partition);
        }
    }
}
