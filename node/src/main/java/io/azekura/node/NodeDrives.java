package io.azekura.node;

import akka.actor.typed.ActorSystem;
import io.azekura.node.NodeReport.DriveLine;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.layout.Layout;
import java.util.List;

/**
 * The drives of a node, ready to be used, and how keys are spread over them.
 *
 * @param drives by slot of the layout; one that is missing is there too, and answers "unknown"
 * @param lines one for each directory that was named
 * @param close gives the directories free; to be run after the actor system has ended
 */
record NodeDrives(List<Drive> drives, Layout layout, String clusterId, List<DriveLine> lines, Runnable close) {
    NodeDrives {
        drives = List.copyOf(drives);
        lines = List.copyOf(lines);
    }

    /** Makes drives of the directories that the settings name. */
    @FunctionalInterface
    interface Mounting {
        /** Blocks until the drives have recovered. Their owners are actors of the system, and close them at its end. */
        NodeDrives mount(ActorSystem<Guardian.Command> system) throws StartRefusedException;
    }
}
