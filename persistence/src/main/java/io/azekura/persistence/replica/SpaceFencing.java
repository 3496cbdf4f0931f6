package io.azekura.persistence.replica;

import io.azekura.persistence.bucket.Fencing;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.register.Messages.StaleLayout;
import io.azekura.persistence.register.RegisterKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Fences spaces on the drives (register rule 10). Every partition of the space is asked under its layout, all replicas and
 * learners of it, and those who may choose a write together must have the fence.
 *
 * <p>Moves do not undo it. A drive counts only for a layout that is not older than what it durably saw of the partition, so
 * that a fence which is in effect under the old set alone is on a majority of that set, each of which took it before it saw
 * that both sets are written. A learner is complete only after it asked N − W + 1 of the old set, each of which had seen
 * that, what governs the partition: one of them has the fence and tells it. While both sets are written the fence
 * needs a majority of both. So whenever a set is the only one that is written, as many of it have the fence as have any
 * other thing that was chosen. If drives counted by whatever layout the asker has, a fence might reach the old set after the
 * learners asked it, and be in effect where nobody writes any more.
 */
public class SpaceFencing implements Fencing {
    private static final int LAYOUTS_MAX = 8;

    private final Replicas replicas;

    public SpaceFencing(Replicas replicas) {
        this.replicas = replicas;
    }

    @Override
    public CompletionStage<Boolean> fence(long space, long configVersion, boolean closed) {
        Fence fence = new Fence(configVersion, closed);
        CompletionStage<Boolean> all = CompletableFuture.completedStage(true);
        for (int partition : replicas.partitionsOf(space)) {
            CompletionStage<Boolean> one = fence(new Request.FenceSpace(partition, space, fence), 0);
            all = all.thenCombine(one, (before, now) -> before && now);
        }
        return all;
    }

    private CompletionStage<Boolean> fence(Request.FenceSpace ask, int layoutsMet) {
        Replicas.Location location = replicas.locate(ask.number());
        return Ask.all(replicas, location, ask).thenCompose(answers -> {
            if (isEnough(location, answers.where(reply -> reply == Request.Done.INSTANCE))) {
                return CompletableFuture.completedStage(true);
            }
            long newer = answers.of(StaleLayout.class).stream()
                    .mapToLong(StaleLayout::version)
                    .max()
                    .orElse(0);
            return newer > 0 && layoutsMet < LAYOUTS_MAX
                    ? replicas.learn(newer).thenCompose(learnt -> fence(ask, layoutsMet + 1))
                    : CompletableFuture.completedStage(false);
        });
    }

    /** Whether nothing can be chosen in the partition without one of these replicas, now or after any move. */
    protected boolean isEnough(Replicas.Location location, int told) {
        return location.quorum().isWrite(told);
    }

    @Override
    public CompletionStage<Set<Long>> closed() {
        // The journals are spread over all partitions.
        List<CompletableFuture<Ask.Answers>> asked = new ArrayList<>();
        for (int partition : replicas.partitionsOf(RegisterKey.JOURNAL)) {
            asked.add(Ask.all(replicas, replicas.locate(partition), new Request.Guards(partition))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(done -> {
            Set<Long> closed = new HashSet<>();
            for (CompletableFuture<Ask.Answers> answers : asked) {
                addClosed(answers.join(), closed);
            }
            return closed;
        });
    }

    private void addClosed(Ask.Answers answers, Set<Long> closed) {
        List<Request.GuardPage> pages = answers.of(Request.GuardPage.class);
        for (Request.GuardPage page : pages) {
            page.fences().forEach((space, fence) -> {
                boolean isHere =
                        replicas.partitionsOf(space).contains(answers.location().partition());
                if (isHere && fence.closed() && !pages.stream().allMatch(other -> knowsGone(other, space))) {
                    closed.add(space);
                }
            });
        }
    }

    private static boolean knowsGone(Request.GuardPage page, long space) {
        return Fence.GONE.equals(page.fences().get(space));
    }
}
