package io.azekura.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.azekura.actors.drive.DriveActor;
import io.azekura.actors.drive.DriveActor.MountReply;
import io.azekura.actors.drive.DriveHandle;
import io.azekura.actors.drive.MountedDrive;
import java.time.Duration;
import java.util.concurrent.Executor;

/** The root of the node's actors: the parent of one {@link DriveActor} per drive, which all end with the node. */
final class Guardian extends AbstractBehavior<Guardian.Command> {
    /** How often each drive looks whether its directory is still that drive; one small read. */
    private static final Duration IDENTITY_PERIOD = Duration.ofSeconds(10);

    sealed interface Command {}

    /**
     * Starts the owner of one drive.
     *
     * @param name unique among the drives
     * @param io threads that may block on the drive
     */
    record Mount(String name, DriveHandle handle, MountedDrive.Opener opener, Executor io, ActorRef<MountReply> replyTo)
            implements Command {}

    static Behavior<Command> create() {
        return Behaviors.setup(Guardian::new);
    }

    private Guardian(ActorContext<Command> context) {
        super(context);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onMessage(Mount.class, this::onMount).build();
    }

    private Behavior<Command> onMount(Mount mount) {
        ActorRef<DriveActor.Command> drive = getContext()
                .spawn(
                        DriveActor.create(mount.handle(), mount.opener(), mount.io(), IDENTITY_PERIOD),
                        "drive-" + mount.name());
        drive.tell(new DriveActor.AwaitMount(mount.replyTo()));
        return this;
    }
}
