package io.azekura.actors.drive;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.drive.DriveStatus;
import io.azekura.persistence.drive.IndexDoubtException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of one drive's engine, from mounting to fault: one per drive directory, started and stopped by the node.
 * It opens the engine on the I/O threads and attaches it to the {@link DriveHandle} that the object path uses; detaches
 * it at the first fault, and when the directory is no longer the drive that was mounted; and closes it when it stops.
 *
 * <p>A faulty drive stays faulty until the node is started again: what failed once is not retried into looking durable.
 * With two exceptions. A drive that does not trust its index has lost nothing, as its log is sound. Its engine is closed
 * and opened again, which rebuilds the index while the handle answers "unknown", and then serves again; but only so often,
 * since a drive whose index is damaged again and again is failing. And one that was closed because its file system had no
 * room left is opened again when it has.
 *
 * <p>A crash of this actor loses nothing but its questions; asking again is always safe.
 */
public final class DriveActor extends AbstractBehavior<DriveActor.Command> {
    /** For what happens outside the actor, after it stopped. */
    private static final Logger LOG = LoggerFactory.getLogger(DriveActor.class);

    /** Rebuilds between two long times of service. */
    private static final int REBUILDS_MAX = 3;

    private static final Duration LONG_SERVICE = Duration.ofHours(1);

    private final DriveHandle handle;
    private final MountedDrive.Opener opener;
    private final Executor io;
    private final Duration identityPeriod;
    private final TimerScheduler<Command> timers;
    private final List<ActorRef<MountReply>> waiting = new ArrayList<>();
    private CompletionStage<MountedDrive> opening;
    private @Nullable MountReply mounted;

    /** Which opening of the engine is the present one; what is told of another is out of date. */
    private int openings;

    private int rebuilds;

    /** What the node may say to the owner of a drive. */
    public sealed interface Command {}

    /** Asks for a snapshot, at any time. */
    public record GetStatus(ActorRef<DriveStatus> replyTo) implements Command {}

    /** Asks how mounting ended; answered when it has. */
    public record AwaitMount(ActorRef<MountReply> replyTo) implements Command {}

    private record Opened(MountedDrive drive) implements Command {}

    private record OpenFailed(Throwable cause) implements Command {}

    private record Failed(int opening, Throwable cause) implements Command {}

    private enum CheckIdentity implements Command {
        INSTANCE
    }

    private enum ServedLong implements Command {
        INSTANCE
    }

    private enum IdentityConfirmed implements Command {
        INSTANCE
    }

    private enum Reopen implements Command {
        INSTANCE
    }

    public sealed interface MountReply {}

    public record Mounted(DriveStatus status) implements MountReply {}

    public record NotMounted(String reason) implements MountReply {}

    /**
     * The behaviour of one owner.
     *
     * @param io threads that may block on the drive
     * @param identityPeriod how often to look whether the directory still holds this drive
     */
    public static Behavior<Command> create(
            DriveHandle handle, MountedDrive.Opener opener, Executor io, Duration identityPeriod) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new DriveActor(context, timers, handle, opener, io, identityPeriod)));
    }

    private DriveActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            DriveHandle handle,
            MountedDrive.Opener opener,
            Executor io,
            Duration identityPeriod) {
        super(context);
        this.timers = timers;
        this.handle = handle;
        this.opener = opener;
        this.io = io;
        this.identityPeriod = identityPeriod;
        this.opening = opened(CompletableFuture.completedStage(null));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(GetStatus.class, this::onGetStatus)
                .onMessage(AwaitMount.class, this::onAwaitMount)
                .onMessage(Opened.class, this::onOpened)
                .onMessage(OpenFailed.class, this::onOpenFailed)
                .onMessage(Failed.class, this::onFailed)
                .onMessageEquals(CheckIdentity.INSTANCE, this::onCheckIdentity)
                .onMessageEquals(IdentityConfirmed.INSTANCE, this::onIdentityConfirmed)
                .onMessageEquals(ServedLong.INSTANCE, this::onServedLong)
                .onMessageEquals(Reopen.INSTANCE, this::onReopen)
                .onSignal(PostStop.class, stop -> onPostStop())
                .build();
    }

    private Behavior<Command> onGetStatus(GetStatus get) {
        get.replyTo().tell(handle.status());
        return this;
    }

    private Behavior<Command> onAwaitMount(AwaitMount await) {
        if (mounted == null) {
            waiting.add(await.replyTo());
        } else {
            await.replyTo().tell(mounted);
        }
        return this;
    }

    private Behavior<Command> onOpened(Opened opened) {
        handle.attach(opened.drive().drive());
        getContext()
                .getLog()
                .info("Mounted drive {} at {}", handle.id(), handle.status().path());
        finishMount(new Mounted(handle.status()));
        scheduleIdentityCheck();
        timers.startSingleTimer(ServedLong.INSTANCE, LONG_SERVICE);
        return this;
    }

    private Behavior<Command> onOpenFailed(OpenFailed failed) {
        if (failed.cause() instanceof NoSpaceException) {
            awaitRoom(failed.cause());
        } else {
            handle.detach("not mounted: " + failed.cause().getMessage());
        }
        getContext().getLog().error("Could not mount drive {}", handle.status().path(), failed.cause());
        finishMount(new NotMounted(String.valueOf(failed.cause().getMessage())));
        return this;
    }

    private Behavior<Command> onFailed(Failed failed) {
        if (failed.opening() != openings || !handle.isMounted()) {
            return this;
        }
        timers.cancelAll();
        if (failed.cause() instanceof IndexDoubtException && rebuilds < REBUILDS_MAX) {
            reopen(failed.cause());
        } else if (failed.cause() instanceof NoSpaceException) {
            getContext()
                    .getLog()
                    .warn(
                            "Drive {} is closed until it has room",
                            handle.status().path(),
                            failed.cause());
            awaitRoom(failed.cause());
        } else {
            handle.detach("faulty: " + failed.cause().getMessage());
            getContext()
                    .getLog()
                    .error("Drive {} is out of service", handle.status().path(), failed.cause());
        }
        return this;
    }

    /** Want of room is no fault: the drive is closed, and opened again as soon as that works. */
    private void awaitRoom(Throwable noRoom) {
        handle.detachForWantOfRoom("without room: " + noRoom.getMessage());
        timers.startSingleTimer(Reopen.INSTANCE, identityPeriod);
    }

    private Behavior<Command> onReopen() {
        opening = opened(closed());
        return this;
    }

    /** Completes when the engine, if it ever opened, is closed. */
    private CompletionStage<Void> closed() {
        return opening.handleAsync(
                (drive, neverOpened) -> {
                    if (drive != null) {
                        close(drive);
                    }
                    return null;
                },
                io);
    }

    /** The engine that is in doubt is closed before the next one opens, as only one may have the directory. */
    private void reopen(Throwable doubt) {
        rebuilds++;
        handle.detach("rebuilding its index: " + doubt.getMessage());
        getContext()
                .getLog()
                .warn("Drive {} rebuilds its index", handle.status().path(), doubt);
        opening = opened(closed());
    }

    /** Opens the engine once that is done, and tells this actor. */
    private CompletionStage<MountedDrive> opened(CompletionStage<Void> before) {
        ActorRef<Command> self = getContext().getSelf();
        int number = ++openings;
        CompletionStage<MountedDrive> drive = before.thenApplyAsync(done -> open(opener, self, number), io);
        getContext().pipeToSelf(drive, (found, failure) -> found != null ? new Opened(found) : openFailed(failure));
        return drive;
    }

    private Behavior<Command> onServedLong() {
        rebuilds = 0;
        return this;
    }

    private Behavior<Command> onCheckIdentity() {
        int number = openings;
        CompletionStage<MountedDrive> check = opening.thenApplyAsync(DriveActor::checked, io);
        getContext()
                .pipeToSelf(
                        check,
                        (drive, failure) ->
                                failure == null ? IdentityConfirmed.INSTANCE : new Failed(number, cause(failure)));
        return this;
    }

    private Behavior<Command> onIdentityConfirmed() {
        if (handle.isMounted()) {
            scheduleIdentityCheck();
        }
        return this;
    }

    private Behavior<Command> onPostStop() {
        handle.detach("stopped");
        opening.thenAccept(this::close);
        return this;
    }

    /** One check at a time: a drive that hangs must not pile up checks. */
    private void scheduleIdentityCheck() {
        timers.startSingleTimer(CheckIdentity.INSTANCE, identityPeriod);
    }

    private void finishMount(MountReply reply) {
        mounted = reply;
        waiting.forEach(replyTo -> replyTo.tell(reply));
        waiting.clear();
    }

    private static MountedDrive open(MountedDrive.Opener opener, ActorRef<Command> self, int number) {
        try {
            return opener.open(fault -> self.tell(new Failed(number, fault)));
        } catch (IOException failure) {
            throw new CompletionException(failure);
        }
    }

    private static MountedDrive checked(MountedDrive drive) {
        try {
            drive.checkIdentity();
            return drive;
        } catch (IOException failure) {
            throw new CompletionException(failure);
        }
    }

    /** Also closes an engine that opened only after the actor had stopped. */
    private void close(MountedDrive drive) {
        try {
            drive.close();
        } catch (IOException failure) {
            LOG.error("Could not close drive {}", handle.id(), failure);
        }
    }

    private static Command openFailed(@Nullable Throwable failure) {
        return new OpenFailed(failure == null ? new IOException("no engine") : cause(failure));
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
