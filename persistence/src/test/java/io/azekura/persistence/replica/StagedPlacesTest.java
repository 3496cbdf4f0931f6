package io.azekura.persistence.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.RegisterKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class StagedPlacesTest {
    private static final RegisterKey KEY = new RegisterKey(7, Bytes.utf8("key"));
    private static final DataId DATA = new DataId(1, 1);
    private static final Content CONTENT = new Content.Sharded(DATA, 100, 2, 1, 64, List.of(0, 1, 2));

    private final StagedPlaces staged = new StagedPlaces();
    private final Drives drives = new Drives();

    @Test
    void aDriveIsReadyWhenItHasAllShardsOfItsRole() {
        staged.placed(KEY, DATA, 0, 0, drive(0));
        staged.placed(KEY, DATA, 1, 1, drive(1));
        assertEquals(0b011, staged.ready(CONTENT, location(1, 0, 1, 2)));
        staged.forget(DATA);
        assertEquals(0b111, staged.ready(CONTENT, location(1, 0, 1, 2)));
    }

    @Test
    void aRoleThatWentToAnotherDriveIsNotReadyBeforeTheShardFollowedIt() {
        for (int i = 0; i < 3; i++) {
            staged.placed(KEY, DATA, i, i, drive(i));
            drives.shards.put(drive(i), Bytes.utf8("shard " + i));
        }
        Replicas.Location moved = location(2, 0, 5, 2);
        assertEquals(0b101, staged.ready(CONTENT, moved));
        staged.follow(KEY, moved, drives).toCompletableFuture().join();
        assertEquals(0b111, staged.ready(CONTENT, moved));
        assertEquals(Bytes.utf8("shard 1"), drives.shards.get(drive(5)));
    }

    @Test
    void aShardThatCannotBeHadStaysWhereItIs() {
        staged.placed(KEY, DATA, 1, 1, drive(1));
        Replicas.Location moved = location(2, 0, 5, 2);
        staged.follow(KEY, moved, drives).toCompletableFuture().join();
        assertEquals(0, staged.ready(CONTENT, moved));
    }

    private static Replicas.Location location(long version, int... numbers) {
        return new Replicas.Location(
                0,
                version,
                new Quorum(numbers.length),
                java.util.Arrays.stream(numbers)
                        .mapToObj(StagedPlacesTest::drive)
                        .toList());
    }

    private static DriveId drive(int number) {
        return new DriveId(new java.util.UUID(7, number));
    }

    /** Drives that keep one shard each. */
    private static final class Drives implements Replicas {
        private final Map<DriveId, Bytes> shards = new HashMap<>();

        @Override
        public Location locate(int partition) {
            throw new AssertionError();
        }

        @Override
        public List<Integer> partitionsOf(long space) {
            throw new AssertionError();
        }

        @Override
        public CompletionStage<Void> learn(long version) {
            throw new AssertionError();
        }

        @Override
        public CompletionStage<Object> ask(DriveId drive, Request request, long layoutVersion) {
            if (request instanceof Request.Stage stage) {
                shards.put(drive, stage.bytes());
                return CompletableFuture.completedStage(Request.Done.INSTANCE);
            }
            return CompletableFuture.completedStage(new Request.Shard(shards.get(drive)));
        }
    }
}
