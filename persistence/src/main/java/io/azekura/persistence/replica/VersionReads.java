package io.azekura.persistence.replica;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Versions;
import java.util.concurrent.CompletionStage;

/**
 * Reads older versions from any one drive that has exactly those which the chosen state covers; the history of the state
 * says so, and it takes no quorum beyond that of the state.
 */
public class VersionReads implements Versions {
    private final Register register;
    private final Replicas replicas;
    private final Request.Partitions partitions;

    public VersionReads(Register register, Replicas replicas, Request.Partitions partitions) {
        this.register = register;
        this.replicas = replicas;
        this.partitions = partitions;
    }

    @Override
    public CompletionStage<VersionsOutcome> versions(RegisterKey key, Bytes from, int max) {
        Replicas.Location location = replicas.locate(partitions.of(key));
        return register.read(key).thenCompose(outcome -> {
            if (!(outcome instanceof Register.Value value)) {
                return java.util.concurrent.CompletableFuture.completedStage(new Unreadable(outcome.toString()));
            }
            return Ask.all(replicas, location, new Request.OlderVersions(key, from, max))
                    .thenApply(answers -> {
                        for (Request.VersionPage page : answers.of(Request.VersionPage.class)) {
                            if (page.base().equals(value.state().history())) {
                                return new Found(value.ballot(), value.state(), page.versions());
                            }
                        }
                        return new Unreadable("no drive that answered has the older versions");
                    });
        });
    }
}
