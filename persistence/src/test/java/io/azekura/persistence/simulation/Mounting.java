package io.azekura.persistence.simulation;

import io.azekura.persistence.control.ControlCommand;
import io.azekura.persistence.control.ControlLog;
import io.azekura.persistence.control.ControlState;
import io.azekura.persistence.control.DriveIdentity;
import io.azekura.persistence.replica.ReplicaRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What a drive goes through before it serves: its peers tell what they remember of it, the control log takes the mount. */
final class Mounting {
    private static final long MOUNT_MICROS = 20_000;
    private static final long ASK_MARKS_MICROS = 5_000;
    private static final int ALL_PEERS_ATTEMPTS = 100;

    private final World world;
    private final Kernel kernel;
    private final Random random;

    Mounting(World world, Random random) {
        this.world = world;
        this.kernel = world.kernel();
        this.random = random;
    }

    /** Lets the drive serve once its peers and the control log know it as what it is (register rule 8). */
    void begin(SimDrive drive) {
        kernel.after(random.nextInt((int) MOUNT_MICROS), drive.task(), () -> askPeers(drive, 1));
    }

    /** All peers and gateways are waited for at first, for it may be only one that remembers; then a majority has to do. */
    private void askPeers(SimDrive drive, int attempt) {
        List<DriveIdentity.HighWater> marks = new ArrayList<>();
        int[] answers = new int[1];
        int peers = 0;
        for (SimDrive peer : world.drives()) {
            if (peer != drive) {
                peers++;
                ask(drive, peer.slot(), peer.task(), () -> {
                    answers[0]++;
                    addMark(marks, peer.gateway(), drive);
                });
            }
        }
        for (SimGateway gateway : world.gateways()) {
            peers++;
            ask(drive, gateway.node(), gateway.task(), () -> {
                answers[0]++;
                addMark(marks, gateway, drive);
            });
        }
        int needed = attempt < ALL_PEERS_ATTEMPTS ? peers : peers / 2 + 1;
        kernel.after(ASK_MARKS_MICROS, drive.task(), () -> {
            DriveIdentity.Verdict heard = world.variant()
                    .driveIdentity()
                    .hearsay(drive.found(), new DriveIdentity.Peers(marks, answers[0], needed));
            if (heard instanceof DriveIdentity.NewDrive fresh) {
                drive.replaceByNew(fresh.reason());
            } else if (heard instanceof DriveIdentity.Wait) {
                kernel.after(MOUNT_MICROS / 2, drive.task(), () -> askPeers(drive, attempt + 1));
            } else {
                judge(drive, marks);
            }
        });
    }

    private void ask(SimDrive drive, int node, Kernel.Task peer, Runnable answered) {
        SimNetwork network = world.network();
        network.send(drive.slot(), node, peer, () -> network.send(node, drive.slot(), drive.task(), answered));
    }

    private static void addMark(List<DriveIdentity.HighWater> marks, SimGateway peer, SimDrive drive) {
        DriveIdentity.HighWater mark = peer.highWater(drive.id());
        if (mark != null) {
            marks.add(mark);
        }
    }

    private void judge(SimDrive drive, List<DriveIdentity.HighWater> marks) {
        drive.openForControlLog();
        SimLayouts layouts = drive.gateway().layouts();
        layouts.log().refresh().thenAccept(done -> {
            if (!done) {
                kernel.after(MOUNT_MICROS, drive.task(), () -> askPeers(drive, 1));
                return;
            }
            world.learnt(layouts.state());
            DriveIdentity.Verdict verdict =
                    world.variant().driveIdentity().judge(drive.found(), layouts.state(), marks);
            if (verdict instanceof DriveIdentity.NewDrive fresh) {
                drive.replaceByNew(fresh.reason());
            } else if (world.isUntold(drive.found(), marks)) {
                drive.replaceByNew("nobody who answered could tell that it lost something");
            } else if (verdict instanceof DriveIdentity.Mount mount) {
                enter(drive, mount);
            }
        });
    }

    private void enter(SimDrive drive, DriveIdentity.Mount mount) {
        long name = random.nextLong();
        ReplicaRecord.Booted booted = new ReplicaRecord.Booted(mount.from() + 1, name);
        drive.append(null, List.of(booted), () -> {
            ControlLog log = drive.gateway().layouts().log();
            log.add(state -> command(drive, state, mount, name)).thenAccept(outcome -> {
                world.learnt(log.known());
                ControlState.DriveEntry entry = log.known().drive(drive.id());
                if (entry == null || entry.mount() != name) {
                    kernel.after(MOUNT_MICROS, drive.task(), () -> askPeers(drive, 1));
                } else {
                    drive.learnt(drive::serve);
                }
            });
        });
    }

    private static @Nullable ControlCommand command(
            SimDrive drive, ControlState state, DriveIdentity.Mount mount, long name) {
        ControlState.DriveEntry entry = state.drive(drive.id());
        if (entry == null) {
            return new ControlCommand.AddDrive(drive.id(), "node");
        }
        return entry.mount() == name ? null : new ControlCommand.Boot(drive.id(), mount.from(), name);
    }
}
