package io.azekura.persistence.simulation;

import io.azekura.persistence.bucket.BucketLife;
import io.azekura.persistence.bucket.BucketSpace;
import io.azekura.persistence.bucket.Fencing;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.BucketRecord;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.Versions;
import io.azekura.persistence.replica.CatchUp;
import io.azekura.persistence.replica.Replica;
import io.azekura.persistence.replica.Replicas;
import io.azekura.persistence.replica.Request;
import io.azekura.persistence.replica.ShardCoding;
import io.azekura.persistence.replica.SpaceFencing;
import io.azekura.persistence.simulation.Fault.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Faults in the life of buckets and in the fences of their spaces (register rule 10), and in what moves do to them. */
final class PlantedBucketFaults {
    /** Clients make, change, fill, empty and delete one bucket all the time, while drives and gateways come and go. */
    static final PlantedPlans BUCKETS = new PlantedPlans(
            "buckets",
            25,
            List.of(
                    Kind.CRASH_DRIVE,
                    Kind.ISOLATE,
                    Kind.CUT_IN,
                    Kind.CUT_OUT,
                    Kind.PAUSE_DRIVE,
                    Kind.PAUSE_GATEWAY,
                    Kind.KILL_GATEWAY,
                    Kind.MOVE,
                    Kind.MOVE),
            List.of(
                    Deed.Kind.BUCKET_CREATE,
                    Deed.Kind.BUCKET_CREATE,
                    Deed.Kind.BUCKET_DELETE,
                    Deed.Kind.BUCKET_DELETE,
                    Deed.Kind.BUCKET_RECONFIGURE,
                    Deed.Kind.BUCKET_PUT,
                    Deed.Kind.BUCKET_PUT,
                    Deed.Kind.BUCKET_REMOVE,
                    Deed.Kind.BUCKET_LIST));

    private static final List<PlantedFault> ALL = List.of(
            fault("no space is fenced", PlantedBucketFaults::noSpaceIsFenced),
            fault("only closed spaces are fenced", PlantedBucketFaults::onlyClosedIsFenced),
            fault("closed spaces are finished", PlantedBucketFaults::closedIsFinished),
            fault("one drive fences for all", PlantedBucketFaults::oneDriveFencesForAll),
            fault("learners get no fences", PlantedBucketFaults::learnersGetNoFences),
            fault("bucket is deleted unfenced", PlantedBucketFaults::deletedUnfenced),
            fault("closed bucket is not looked through", PlantedBucketFaults::notLookedThrough),
            fault("deletion is committed over another record", PlantedBucketFaults::committedOverAnother),
            fault("incarnation is used again", PlantedBucketFaults::incarnationIsUsedAgain),
            fault("closing is taken for gone", PlantedBucketFaults::closingIsTakenForGone));

    private PlantedBucketFaults() {}

    static List<PlantedFault> all() {
        return ALL;
    }

    private static PlantedFault fault(String name, Supplier<Variant> variants) {
        return new PlantedFault(name, 10, variants).seededBy(BUCKETS);
    }

    // --- What a drive refuses ---

    @FunctionalInterface
    private interface Refuses {
        boolean test(Accept accept, Fence fence);
    }

    private static Variant drives(Refuses refuses) {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected boolean isFenced(Accept accept, Fence fence) {
                return refuses.test(accept, fence);
            }
        });
    }

    static Variant noSpaceIsFenced() {
        return drives((accept, fence) -> false);
    }

    static Variant onlyClosedIsFenced() {
        return drives((accept, fence) -> fence.closed());
    }

    /** A row that was accepted before may become chosen after the bucket was looked through. */
    static Variant closedIsFinished() {
        return drives((accept, fence) ->
                !accept.isFinishing() && (fence.closed() || accept.state().configVersion() < fence.configVersion()));
    }

    // --- How many drives have to know ---

    static Variant oneDriveFencesForAll() {
        return new Variant() {
            @Override
            Fencing fencing(Replicas replicas) {
                return new SpaceFencing(replicas) {
                    @Override
                    protected boolean isEnough(Replicas.Location location, int told) {
                        return told != 0;
                    }
                };
            }
        };
    }

    /** Requests to drives on their way. */
    private static class Between implements Replicas {
        private final Replicas real;

        Between(Replicas real) {
            this.real = real;
        }

        @Override
        public final Location locate(int partition) {
            return real.locate(partition);
        }

        @Override
        public final List<Integer> partitionsOf(long space) {
            return real.partitionsOf(space);
        }

        @Override
        public final CompletionStage<Void> learn(long version) {
            return real.learn(version);
        }

        @Override
        public CompletionStage<Object> ask(DriveId drive, Request request, long layoutVersion) {
            return real.ask(drive, request, layoutVersion);
        }
    }

    static Variant learnersGetNoFences() {
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
                Replicas silent = new Between(replicas) {
                    @Override
                    public CompletionStage<Object> ask(DriveId drive, Request request, long layoutVersion) {
                        return super.ask(
                                drive,
                                request instanceof Request.TakeGuards take ? withoutFences(take) : request,
                                layoutVersion);
                    }
                };
                return super.catchUp(self, register, versions, silent, partitions, coding, operations);
            }
        };
    }

    private static Request withoutFences(Request.TakeGuards take) {
        return new Request.TakeGuards(
                take.number(), new Request.GuardPage(take.guards().collected(), Map.of()));
    }

    // --- How a bucket is deleted ---

    static Variant deletedUnfenced() {
        return new Variant() {
            @Override
            BucketLife bucketLife(Register register, Scan scan, Fencing fencing, Supplier<OperationId> operations) {
                return new BucketLife(register, scan, fencing, operations) {
                    @Override
                    protected CompletionStage<Boolean> fence(BucketRecord bucket) {
                        return CompletableFuture.completedStage(true);
                    }
                };
            }
        };
    }

    /** The first look at a space, before the bucket is closed, does for all later ones. */
    static Variant notLookedThrough() {
        return new Variant() {
            @Override
            BucketLife bucketLife(Register register, Scan scan, Fencing fencing, Supplier<OperationId> operations) {
                Set<Long> seen = new HashSet<>();
                Scan once = range -> World.isOfBucket(range.space()) && !seen.add(range.space())
                        ? CompletableFuture.completedStage(new Scan.Page(List.of(), null))
                        : scan.page(range);
                return super.bucketLife(register, once, fencing, operations);
            }
        };
    }

    static Variant committedOverAnother() {
        return new Variant() {
            @Override
            BucketLife bucketLife(Register register, Scan scan, Fencing fencing, Supplier<OperationId> operations) {
                return new BucketLife(register, scan, fencing, operations) {
                    @Override
                    protected boolean isCurrent(State state, BucketRecord expected) {
                        return state.isLive();
                    }
                };
            }
        };
    }

    static Variant incarnationIsUsedAgain() {
        return new Variant() {
            @Override
            long incarnation(long random, int spread) {
                return BucketSpace.incarnation(0x7777_7777_7777L, spread);
            }
        };
    }

    /** Whoever tends the buckets sees none, and so takes every closed space for one that is left over. */
    static Variant closingIsTakenForGone() {
        return new Variant() {
            @Override
            BucketLife bucketLife(Register register, Scan scan, Fencing fencing, Supplier<OperationId> operations) {
                Scan blind = range -> range.space() == RegisterKey.SYSTEM
                        ? CompletableFuture.completedStage(new Scan.Page(List.of(), null))
                        : scan.page(range);
                return super.bucketLife(register, blind, fencing, operations);
            }
        };
    }
}
