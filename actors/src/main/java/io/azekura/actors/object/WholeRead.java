package io.azekura.actors.object;

import io.azekura.actors.object.PeerWait.Done;
import io.azekura.actors.object.PeerWait.Late;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.RegisterKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Reads a small body that every drive of the set keeps whole: from one drive, and from the next when that one fails or
 * lags. Drives take turns, suspected ones come last; those that lagged are waited for when nothing else is left.
 */
final class WholeRead {
    private final RegisterKey key;
    private final DataId id;
    private final List<Lane> order;
    private final GatewaySettings settings;
    private final List<CompletableFuture<Bytes>> late = new ArrayList<>();

    WholeRead(RegisterKey key, DataId id, List<Lane> lanes, GatewaySettings settings) {
        this.key = key;
        this.id = id;
        this.settings = settings;
        this.order = new ArrayList<>(lanes);
        Collections.rotate(order, ThreadLocalRandom.current().nextInt(lanes.size()));
        order.sort(Comparator.comparing(Lane::isSuspect));
    }

    /** The verified bytes, or empty when no drive can read them. */
    CompletionStage<Optional<Bytes>> read() {
        return readFrom(0);
    }

    private CompletionStage<Optional<Bytes>> readFrom(int index) {
        if (index == order.size()) {
            return awaitLate();
        }
        Lane lane = order.get(index);
        CompletableFuture<Bytes> attempt = lane.call(() -> lane.drive().readWhole(key, id));
        return PeerWait.of(List.of(attempt), done -> true, settings.readHedge(), settings.readBound())
                .thenCompose(outcomes -> {
                    if (outcomes.get(0) instanceof Done<Bytes> done) {
                        return CompletableFuture.completedStage(Optional.of(done.value()));
                    }
                    if (outcomes.get(0) instanceof Late<Bytes>) {
                        lane.suspect();
                        late.add(attempt);
                    }
                    return readFrom(index + 1);
                });
    }

    private CompletionStage<Optional<Bytes>> awaitLate() {
        return PeerWait.of(late, done -> !done.isEmpty(), Duration.ZERO, settings.readBound())
                .thenApply(outcomes -> {
                    for (var outcome : outcomes) {
                        if (outcome instanceof Done<Bytes> done) {
                            return Optional.of(done.value());
                        }
                    }
                    return Optional.empty();
                });
    }
}
