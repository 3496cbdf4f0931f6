package io.azekura.persistence.simulation;

import io.azekura.persistence.control.ControlState;
import io.azekura.persistence.control.DriveIdentity;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.BallotSource;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.Messages.Promised;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.Messages.Refused;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Proposer;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.Reader;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.Timing;
import io.azekura.persistence.register.VersionEdit;
import io.azekura.persistence.replica.Replica;
import io.azekura.persistence.replica.ReplicaRecord;
import io.azekura.persistence.replica.ReplicaView;
import io.azekura.persistence.replica.Request;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Faults of one register: what is accepted, promised, read, repeated and remembered. */
final class PlantedRegisterFaults {
    private PlantedRegisterFaults() {}

    // --- Rules 1 to 4: accepted, settled, acknowledged, kept ---

    static Variant agreementIsSettled() {
        return new PlantedVariant().readers((key, quorum, timing) -> new Reader(key, quorum, timing) {
            @Override
            protected boolean isAgreed(int holders, int usable) {
                return quorum().isRead(holders);
            }
        });
    }

    static Variant unsettledIsRead() {
        return new PlantedVariant().readers((key, quorum, timing) -> new Reader(key, quorum, timing) {
            @Override
            protected boolean isSettled(Ballot accepted, Ballot settled, int usable) {
                return quorum().isRead(usable);
            }
        });
    }

    static Variant fewNothingsAreAbsence() {
        return new PlantedVariant().readers((key, quorum, timing) -> new Reader(key, quorum, timing) {
            @Override
            protected boolean isAbsent(int usable) {
                return usable != 0;
            }
        });
    }

    static Variant missingShardIsAccepted() {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected @Nullable AcceptReply missingShard(Accept accept, ReplicaView view) {
                return null;
            }
        });
    }

    static Variant answersBeforeSync() {
        return new PlantedVariant().drives((world, slot) -> new SimDrive(world, slot) {
            @Override
            protected void append(@Nullable RegisterKey key, List<ReplicaRecord> records, Runnable then) {
                if (records.get(0) instanceof ReplicaRecord.Accepted && !disk().isFaulty()) {
                    then.run();
                    super.append(key, records, () -> {});
                } else {
                    super.append(key, records, then);
                }
            }
        });
    }

    static Variant previousIsFreedEarly() {
        return new PlantedVariant().acceptors(bound -> new Acceptor(bound) {
            @Override
            public AcceptVerdict accept(Accept accept, Slot slot, Ballot collected) {
                AcceptVerdict verdict = super.accept(accept, slot, collected);
                if (!(verdict instanceof Store store)) {
                    return verdict;
                }
                List<Row> rows = store.slot().rows();
                Slot freed = new Slot(
                        store.slot().settled(),
                        rows.subList(rows.size() - 1, rows.size()),
                        store.slot().base());
                return new Store(freed, store.row());
            }
        });
    }

    // --- Rule 6: deltas ---

    static Variant deltaOnAnyBase() {
        return new PlantedVariant().acceptors(bound -> new Acceptor(bound) {
            @Override
            protected @Nullable List<VersionEdit> editsFromBase(Accept accept, Slot slot) {
                return accept.edits();
            }
        });
    }

    static Variant olderVersionWithoutBytes() {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected boolean lacksVersion(Accept accept, ReplicaView view) {
                return false;
            }
        });
    }

    // --- Rule 7: promises ---

    static Variant boundIsForgotten() {
        return new PlantedVariant().acceptors(bound -> new Acceptor(0));
    }

    /** Answers under a bound that is not durable, and is gone after a crash. */
    static Variant boundStaysInMemory() {
        return new PlantedVariant().acceptors(bound -> new Acceptor(bound) {
            @Override
            public PrepareVerdict prepare(Prepare prepare, Slot slot, Ballot collected) {
                PrepareVerdict verdict = super.prepare(prepare, slot, collected);
                if (verdict instanceof NeedsBound needs) {
                    raiseBound(needs.counter());
                    return super.prepare(prepare, slot, collected);
                }
                return verdict;
            }
        });
    }

    static Variant promiseIsEvicted() {
        return new PlantedVariant().acceptors(bound -> new Acceptor(bound) {
            @Override
            protected int promisesMax() {
                return 1;
            }

            @Override
            protected Ballot floorWithout(Ballot floor, Ballot evicted) {
                return floor;
            }
        });
    }

    static Variant promiseIsIgnored() {
        return new PlantedVariant().acceptors(bound -> new Acceptor(bound) {
            @Override
            protected boolean isTooLow(Accept accept, Slot slot, Ballot collected) {
                return accept.ballot().compareTo(slot.accepted()) < 0;
            }
        });
    }

    // --- Rule 8: drives that lost what they said ---

    static Variant everyMountIsTheSame() {
        return new PlantedVariant().identities(() -> new DriveIdentity() {
            @Override
            protected boolean isBehind(Found found, Collection<HighWater> peers) {
                return false;
            }

            @Override
            public Verdict judge(Found found, ControlState state, Collection<HighWater> peers) {
                ControlState.@Nullable DriveEntry entry = state.drive(found.drive());
                return new Mount(entry == null ? 0 : entry.boot());
            }
        });
    }

    static Variant highWaterIsIgnored() {
        return new PlantedVariant().identities(() -> new DriveIdentity() {
            @Override
            protected boolean isBehind(Found found, Collection<HighWater> peers) {
                return false;
            }
        });
    }

    // --- Rule 12: ballots and time ---

    static Variant ballotsAreEqual() {
        Map<BallotSource, BallotSource> same = new HashMap<>();
        return new Variant() {
            @Override
            <R> Proposer<R> proposer(
                    RegisterKey key,
                    OperationId operation,
                    Change<R> change,
                    Quorum quorum,
                    long layoutVersion,
                    Timing timing,
                    BallotSource ballots,
                    DoubleSupplier random) {
                BallotSource mine = same.computeIfAbsent(ballots, one -> new BallotSource(7));
                return super.proposer(key, operation, change, quorum, layoutVersion, timing, mine, random);
            }

            @Override
            Acceptor acceptor(long durableBound) {
                return new Acceptor(durableBound) {
                    @Override
                    public PrepareVerdict prepare(Prepare prepare, Slot slot, Ballot collected) {
                        PrepareVerdict verdict = super.prepare(prepare, slot, collected);
                        boolean isEqual = verdict instanceof PrepareAnswer answer
                                && answer.reply() instanceof Refused refused
                                && refused.greatest().equals(prepare.ballot());
                        return isEqual
                                ? new PrepareAnswer(
                                        new Promised(slot.highest(), slot.settled(), null, slot.base(), Ballot.ZERO))
                                : verdict;
                    }
                };
            }
        };
    }

    static Variant clockIsUnchecked() {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected boolean isAhead(long aheadMicros) {
                return false;
            }
        });
    }

    // --- Rule 15: what cannot be read ---

    static Variant damageIsAbsence() {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected ReadReply read(Request.Read read, int partition, ReplicaView view) {
                return view.isDamaged(read.key()) ? new Nothing() : super.read(read, partition, view);
            }
        });
    }

    static Variant damageIsSkipped() {
        return new PlantedVariant().drives((world, slot) -> new SimDrive(world, slot) {
            @Override
            protected void damaged(SimDisk.Batch batch) {}
        });
    }

    static Variant unknownIsCounted() {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected boolean mayAnswer(RegisterKey key, int partition, ReplicaView view) {
                return true;
            }

            @Override
            protected boolean mayAnswer(int partition, ReplicaView view) {
                return true;
            }

            @Override
            protected boolean mayVote(RegisterKey key, ReplicaView view) {
                return true;
            }
        });
    }

    // --- Rule 20: shards are of one body ---

    static Variant shardsByNumber() {
        return new PlantedVariant().replicas((acceptor, partitions) -> new Replica(acceptor, partitions) {
            @Override
            protected @Nullable Bytes shard(Request.ReadShard asked, ReplicaView view) {
                Row highest = view.slot(asked.key()).highest();
                var named = highest == null ? null : dataId(highest.state().content());
                Bytes current = named == null ? null : view.shard(named, asked.shard());
                return current == null ? super.shard(asked, view) : current;
            }
        });
    }
}
