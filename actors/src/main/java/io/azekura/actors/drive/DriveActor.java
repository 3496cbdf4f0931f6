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
 * One that was closed because its file system had no room left is opened again when it has.
 *
 * <p>A crash of this actor loses nothing but its questions; asking again is always safe.
 */
public final class DriveActor extends AbstractBehavior<DriveActor.Command> {
    /** For what happens outside the actor, after it stopped. */
    private static final Logger LOG = LoggerFactory.getLogger(DriveActor.class);

    private final DriveHandle handle;
    private final Executor io;
    private final Duration identityPeriod;
    private final TimerScheduler<Command> timers;
    private final MountedDrive.Opener opener;
    private final List<ActorRef<MountReply>> waiting = new ArrayList<>();
    private CompletionStage<MountedDrive> opening;
    private @Nullable MountReply mounted;

    /** What the node may say to the owner of a drive. */
    public sealed interface Command {}

    /** Asks for a snapshot, at any time. */
    public record GetStatus(ActorRef<DriveStatus> replyTo) implements Command {}

    /** Asks how mounting ended; answered when it has. */
    public record AwaitMount(ActorRef<MountReply> replyTo) implements Command {}

    private record Opened(MountedDrive drive) implements Command {}

    private record OpenFailed(Throwable cause) implements Command {}

    private record Failed(Throwable cause) implements Command {}

    private enum CheckIdentity implements Command {
        INSTANCE
    }

    private enum IdentityConfirmed implements Command {
        INSTANCE
    }

    private enum Reopen implements Command {
        INSTANCE
    }

    private enum Closed implements Command {
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
        this.io = io;
        this.identityPeriod = identityPeriod;
        this.opener = opener;
        this.opening = open();
    }

    private CompletionStage<MountedDrive> open() {
        ActorRef<Command> self = getContext().getSelf();
        CompletionStage<MountedDrive> started = CompletableFuture.supplyAsync(() -> open(opener, self), io);
        getContext().pipeToSelf(started, (drive, failure) -> drive != null ? new Opened(drive) : openFailed(failure));
        return started;
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
                .onMessageEquals(Reopen.INSTANCE, this::onReopen)
                .onMessageEquals(Closed.INSTANCE, this::onClosed)
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
        if (!handle.isMounted()) {
            return this;
        }
        timers.cancelAll();
        if (failed.cause() instanceof NoSpaceException) {
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
        CompletionStage<MountedDrive> before = opening;
        CompletionStage<Boolean> closed =
                before.thenApplyAsync(this::closed, io).exceptionally(neverOpened -> true);
        getContext().pipeToSelf(closed, (isClosed, failure) -> Closed.INSTANCE);
        return this;
    }

    private Behavior<Command> onClosed() {
        opening = open();
        return this;
    }

    private Behavior<Command> onCheckIdentity() {
        CompletionStage<MountedDrive> check = opening.thenApplyAsync(DriveActor::checked, io);
        getContext()
                .pipeToSelf(
                        check,
                        (drive, failure) -> failure == null ? IdentityConfirmed.INSTANCE : new Failed(cause(failure)));
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

    private static MountedDrive open(MountedDrive.Opener opener, ActorRef<Command> self) {
        try {
            return opener.open(fault -> self.tell(new Failed(fault)));
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

    private boolean closed(MountedDrive drive) {
        close(drive);
        return true;
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
