package io.azekura.actors.drive;

import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.drive.DriveFaultException;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.drive.DriveStatus;
import io.azekura.persistence.drive.DriveStatus.Condition;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.Messages.Unknown;
import io.azekura.persistence.register.RegisterKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The place of one drive in the object path, from before it is mounted until after it failed: forwards to the engine
 * while there is one, and answers "unknown" or fails with {@link DriveFaultException} otherwise. So the object path
 * asks no actor, and no actor has to live for it to go on. Safe for any thread.
 */
public final class DriveHandle implements Drive {
    private final DriveId id;
    private final Path path;
    private volatile Standing standing;

    /** The engine, or why there is none. */
    private record Standing(@Nullable Drive engine, Condition condition, String reason) {}

    /** The place of a drive that is about to be mounted. */
    public DriveHandle(DriveId id, Path path) {
        this(id, path, Condition.FAULTY, "being mounted");
    }

    private DriveHandle(DriveId id, Path path, Condition condition, String reason) {
        this.id = id;
        this.path = path;
        this.standing = new Standing(null, condition, reason);
    }

    /** The place of a drive that nobody will mount: absent, refused, or a replacement that is not complete. */
    public static DriveHandle unavailable(DriveId id, Path path, Condition condition, String reason) {
        return new DriveHandle(id, path, condition, reason);
    }

    /** From now on requests go to this engine. */
    void attach(Drive engine) {
        standing = new Standing(engine, Condition.ONLINE, "");
    }

    /** From now on requests are answered without an engine; those under way may still be in it. */
    void detach(String reason) {
        standing = new Standing(null, Condition.FAULTY, reason);
    }

    /** There is no room on the drive to work with: requests are answered without an engine until there is. */
    void detachForWantOfRoom(String reason) {
        standing = new Standing(null, Condition.FULL, reason);
    }

    /** Whether there is an engine, which may nevertheless be faulty. */
    public boolean isMounted() {
        return standing.engine() != null;
    }

    private Drive require() throws DriveFaultException {
        Standing now = standing;
        if (now.engine() == null) {
            throw new DriveFaultException("drive " + path + " is " + now.reason());
        }
        return now.engine();
    }

    private Unknown unknown() {
        return new Unknown("drive " + path + " is " + standing.reason());
    }

    @Override
    public DriveId id() {
        return id;
    }

    @Override
    public ReadReply read(RegisterKey key) {
        Drive engine = standing.engine();
        return engine == null ? unknown() : engine.read(key);
    }

    @Override
    public CompletionStage<PrepareReply> prepare(Prepare prepare) {
        Drive engine = standing.engine();
        return engine == null ? CompletableFuture.completedStage(unknown()) : engine.prepare(prepare);
    }

    @Override
    public CompletionStage<AcceptReply> accept(Accept accept) {
        Drive engine = standing.engine();
        return engine == null ? CompletableFuture.completedStage(unknown()) : engine.accept(accept);
    }

    @Override
    public void settle(RegisterKey key, Ballot ballot) {
        Drive engine = standing.engine();
        if (engine != null) {
            engine.settle(key, ballot);
        }
    }

    @Override
    public CompletionStage<Void> stage(DataId data, int shard, ByteBuffer bytes) {
        try {
            return require().stage(data, shard, bytes);
        } catch (DriveFaultException absent) {
            return CompletableFuture.failedStage(absent);
        }
    }

    @Override
    public ShardWriter create(DataId data, int shard, long lengthMax) throws IOException {
        return require().create(data, shard, lengthMax);
    }

    @Override
    public void discard(DataId data) {
        Drive engine = standing.engine();
        if (engine != null) {
            engine.discard(data);
        }
    }

    @Override
    public void discardUnclaimed() {
        Drive engine = standing.engine();
        if (engine != null) {
            engine.discardUnclaimed();
        }
    }

    @Override
    public List<RegisterKey> unsettled(Duration olderThan) {
        Drive engine = standing.engine();
        return engine == null ? List.of() : engine.unsettled(olderThan);
    }

    @Override
    public ShardReader open(RegisterKey key, DataId data, int shard) throws IOException {
        return require().open(key, data, shard);
    }

    @Override
    public Bytes readWhole(RegisterKey key, DataId data) throws IOException {
        return require().readWhole(key, data);
    }

    @Override
    public RowCursor scan(long space, Bytes from) throws IOException {
        return require().scan(space, from);
    }

    @Override
    public CompletionStage<Void> fence(long space, long configVersion, boolean closed) {
        try {
            return require().fence(space, configVersion, closed);
        } catch (DriveFaultException absent) {
            return CompletableFuture.failedStage(absent);
        }
    }

    @Override
    public DriveStatus status() {
        Standing now = standing;
        return now.engine() != null
                ? now.engine().status()
                : new DriveStatus(id, path, now.condition(), now.reason(), 0, 0, 0, 0, 0);
    }
}
