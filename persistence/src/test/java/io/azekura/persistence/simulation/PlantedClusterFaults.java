package io.azekura.persistence.simulation;

import io.azekura.persistence.control.LayoutSteps;
import io.azekura.persistence.control.PartitionLayout;
import io.azekura.persistence.control.Stage;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.Versions;
import io.azekura.persistence.replica.CatchUp;
import io.azekura.persistence.replica.Completion;
import io.azekura.persistence.replica.Replica;
import io.azekura.persistence.replica.ReplicaView;
import io.azekura.persistence.replica.Replicas;
import io.azekura.persistence.replica.Request;
import io.azekura.persistence.replica.Scavenger;
import io.azekura.persistence.replica.ShardCoding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Faults of what lives around registers: layouts, fences, tombstones, missed marks, leftovers. */
final class PlantedClusterFaults {
    private PlantedClusterFaults() {}

    // --- Rule 9: layouts ---

    static Variant staleLayoutIsServed() {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected boolean isStale(long asked, long seen) {
                return false;
            }
        });
    }

    private static Variant quorums(Stage stage, UnaryOperator<Quorum> changed) {
        return new PlantedVariant()
                .quorums(layout -> layout.stage() == stage ? changed.apply(layout.quorum()) : layout.quorum());
    }

    /** A move whose stages are left out: the old set counts until the new one does. */
    static Variant quorumsAreNotJoint() {
        return new PlantedVariant().quorums(layout -> {
            Quorum whole = layout.quorum();
            return new Quorum(whole.roles(), List.of(whole.reading()), whole.reading());
        });
    }

    static Variant onlyTheNewSetCounts() {
        return quorums(
                Stage.WRITE_BOTH_READ_OLD,
                joint -> new Quorum(
                        joint.roles(),
                        List.of(joint.writing().get(1)),
                        joint.writing().get(1)));
    }

    static Variant newSetIsReadEarly() {
        return quorums(
                Stage.WRITE_BOTH_READ_OLD,
                joint -> new Quorum(
                        joint.roles(), joint.writing(), joint.writing().get(1)));
    }

    /** The set of after the move counts from its beginning, complete or not. */
    static Variant learnerCountsWhileFilling() {
        return new PlantedVariant().quorums(layout -> {
            Quorum whole = layout.quorum();
            if (layout.stage() != Stage.FILLING) {
                return whole;
            }
            List<DriveId> replicas = layout.replicas();
            int next = 0;
            for (int replica = 0; replica < replicas.size(); replica++) {
                next |= layout.to().contains(replicas.get(replica)) ? 1 << replica : 0;
            }
            return new Quorum(whole.roles(), List.of(next), next);
        });
    }

    static Variant barrierIsSkipped() {
        return new PlantedVariant().steps(() -> new LayoutSteps() {
            @Override
            public boolean isBarrierReached(PartitionLayout partition, Observed observed) {
                return true;
            }
        });
    }

    static Variant learnerIsTakenForComplete() {
        return new PlantedVariant()
                .steps(() -> new LayoutSteps() {
                    @Override
                    protected boolean areLearnersComplete(PartitionLayout partition, Observed observed) {
                        return true;
                    }
                })
                .replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
                    @Override
                    protected boolean mayAnswer(RegisterKey key, int partition, ReplicaView view) {
                        return view.isFaithful() && !view.isDamaged(key);
                    }

                    @Override
                    protected boolean mayAnswer(int partition, ReplicaView view) {
                        return view.isFaithful();
                    }
                });
    }

    // --- Rule 10: fences ---

    static Variant fenceIsIgnored() {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected boolean isFenced(Accept accept, Fence fence) {
                return false;
            }
        });
    }

    static Variant configurationIsIgnored() {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected boolean isFenced(Accept accept, Fence fence) {
                return fence.closed();
            }
        });
    }

    // --- Rule 11: tombstones ---

    private static boolean isTombstone(Slot slot) {
        return slot.rows().size() == 1 && slot.rows().get(0).state().kind() == State.Kind.TOMBSTONE;
    }

    /** Whoever has a tombstone drops it, whatever the others have. */
    static Variant tombstoneGoesEarly() {
        return new Variant() {
            @Override
            Completion completion(Register register, Replicas replicas, Request.Partitions partitions) {
                return new Completion(register, replicas, partitions) {
                    @Override
                    protected boolean isEverywhere(Object answers) {
                        return true;
                    }

                    @Override
                    protected CompletionStage<Boolean> isMarkedEverywhere(
                            Replicas.Location location, RegisterKey batch) {
                        return CompletableFuture.completedStage(true);
                    }
                };
            }

            @Override
            Replica replica(Acceptor acceptor, Request.Partitions partitions) {
                return new Replica(acceptor, partitions) {
                    @Override
                    protected boolean isCollectable(Slot slot, Ballot ballot) {
                        return isTombstone(slot) && slot.accepted().compareTo(ballot) <= 0;
                    }
                };
            }
        };
    }

    static Variant collectionLeavesNoFloor() {
        return new PlantedVariant().acceptors(bound -> new Acceptor(bound) {
            @Override
            public PrepareVerdict prepare(Prepare prepare, Slot slot, Ballot collected) {
                return super.prepare(prepare, slot, Ballot.ZERO);
            }

            @Override
            public AcceptVerdict accept(Accept accept, Slot slot, Ballot collected) {
                return super.accept(accept, slot, Ballot.ZERO);
            }
        });
    }

    static Variant lateAnswerIsAdopted() {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected boolean isAsked(long asked, long collections) {
                return true;
            }
        });
    }

    /** Learners are not asked whether they have the tombstone, nor told to drop it. */
    static Variant learnersAreNotAsked() {
        return new Variant() {
            @Override
            Completion completion(Register register, Replicas replicas, Request.Partitions partitions) {
                return new Completion(register, new WithoutLearners(replicas), partitions);
            }
        };
    }

    private record WithoutLearners(Replicas all) implements Replicas {
        @Override
        public Location locate(int partition) {
            Location whole = all.locate(partition);
            List<Integer> roles = new ArrayList<>();
            List<DriveId> drives = new ArrayList<>();
            for (int replica = 0; replica < whole.drives().size(); replica++) {
                if ((whole.quorum().reading() & (1 << replica)) != 0) {
                    roles.add(whole.quorum().roles().get(replica));
                    drives.add(whole.drives().get(replica));
                }
            }
            int everybody = (1 << drives.size()) - 1;
            Quorum quorum = new Quorum(roles, List.of(everybody), everybody);
            return new Location(partition, whole.layoutVersion(), quorum, drives);
        }

        @Override
        public List<Integer> partitionsOf(long space) {
            return all.partitionsOf(space);
        }

        @Override
        public CompletionStage<Void> learn(long version) {
            return all.learn(version);
        }

        @Override
        public CompletionStage<Object> ask(DriveId drive, Request request, long layoutVersion) {
            return all.ask(drive, request, layoutVersion);
        }
    }

    // --- Rule 14: missed is the default ---

    static Variant catchesUpFromAny() {
        return new Variant() {
            @Override
            CatchUp catchUp(
                    DriveId self,
                    Register register,
                    Versions versions,
                    Replicas replicas,
                    Request.Partitions partitions,
                    ShardCoding coding,
                    Supplier<OperationId> operations) {
                return new CatchUp(self, register, versions, replicas, partitions, coding, operations) {
                    @Override
                    protected boolean isEnough(Replicas.Location location, int told) {
                        return true;
                    }
                };
            }
        };
    }

    // --- Rule 16: leftovers ---

    static Variant plainReadConfirms() {
        return scavenging((register, replicas, partitions, operations) ->
                new Scavenger(register, replicas, partitions, operations) {
                    @Override
                    protected CompletionStage<Boolean> confirm(Replicas.Location location, RegisterKey key, DataId id) {
                        return register()
                                .read(key)
                                .thenCompose(outcome -> outcome instanceof Register.Value value
                                                && !id.equals(Replica.dataId(
                                                        value.state().content()))
                                        ? drop(location, key, id)
                                        : CompletableFuture.completedStage(false));
                    }
                });
    }

    static Variant deadDataIsAccepted() {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected boolean namesDead(DataId id, ReplicaView view) {
                return false;
            }
        });
    }

    @FunctionalInterface
    private interface Scavengers {
        Scavenger of(
                Register register, Replicas replicas, Request.Partitions partitions, Supplier<OperationId> operations);
    }

    private static Variant scavenging(Scavengers made) {
        return new Variant() {
            @Override
            Scavenger scavenger(
                    Register register,
                    Replicas replicas,
                    Request.Partitions partitions,
                    Supplier<OperationId> operations) {
                return made.of(register, replicas, partitions, operations);
            }
        };
    }
}
