package io.azekura.persistence.simulation;

import io.azekura.persistence.journal.Journal;
import io.azekura.persistence.journal.JournalBatch;
import io.azekura.persistence.journal.JournalMark;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.object.ClosedUpload.Completed;
import io.azekura.persistence.object.Draft;
import io.azekura.persistence.object.Head;
import io.azekura.persistence.object.ObjectChanges;
import io.azekura.persistence.object.Outbox;
import io.azekura.persistence.object.OutboxEntry;
import io.azekura.persistence.object.Outcome;
import io.azekura.persistence.object.Parts;
import io.azekura.persistence.object.Ports;
import io.azekura.persistence.object.Refusal;
import io.azekura.persistence.object.Stamp;
import io.azekura.persistence.object.Terms;
import io.azekura.persistence.object.UploadId;
import io.azekura.persistence.object.Uploads;
import io.azekura.persistence.register.Acceptor;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Quorum;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.State;
import io.azekura.persistence.replica.Replica;
import io.azekura.persistence.replica.ReplicaView;
import io.azekura.persistence.replica.Replicas;
import io.azekura.persistence.replica.Request;
import io.azekura.persistence.replica.RowScan;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Faults of what is built on registers: version times, journals, uploads, outboxes, listings. */
final class PlantedObjectFaults {
    private PlantedObjectFaults() {}

    // --- Rule 12: version times ---

    static Variant versionTimeIsTheClock() {
        return new Variant() {
            @Override
            ObjectChanges objectChanges() {
                return new ObjectChanges() {
                    @Override
                    protected long versionTime(Draft draft, Stamp stamp) {
                        return stamp.nowMicros();
                    }
                };
            }
        };
    }

    // --- Rule 13: journals ---

    /** The second of two incarnations that write the same number wins as well. */
    static Variant batchIsOverwritten() {
        return new Variant() {
            @Override
            Journal journal(Register register, Scan scan, Supplier<OperationId> operations) {
                return new Journal(register, scan, operations) {
                    @Override
                    protected Change.Decision<State> create(State current, Bytes value) {
                        return new Change.Write<>(State.Kind.LIVE, value, Content.NONE, null, 0);
                    }
                };
            }
        };
    }

    /** What was deleted may be written anew: neither writers nor drives look at the mark. */
    static Variant deletionMarkIsIgnored() {
        return new Variant() {
            @Override
            Journal journal(Register register, Scan scan, Supplier<OperationId> operations) {
                return new Journal(register, scan, operations) {
                    @Override
                    protected boolean isDeleted(JournalBatch batch, JournalMark mark) {
                        return false;
                    }

                    @Override
                    protected Change.Decision<State> create(State current, Bytes value) {
                        return current.isLive()
                                ? super.create(current, value)
                                : new Change.Write<>(State.Kind.LIVE, value, Content.NONE, null, 0);
                    }
                };
            }

            @Override
            Replica replica(Acceptor acceptor, Request.Partitions partitions) {
                return forgetful(acceptor, partitions);
            }
        };
    }

    /** Only the drives forget, so that a writer who looked before the deletion comes through after it. */
    static Variant drivesForgetDeletionMarks() {
        return new PlantedVariant().replicas(PlantedObjectFaults::forgetful);
    }

    private static Replica forgetful(Acceptor acceptor, Request.Partitions partitions) {
        return new Replica(acceptor, partitions) {
            @Override
            protected boolean isDeleted(Accept accept, State.Kind held, ReplicaView view) {
                return false;
            }
        };
    }

    // --- Rule 17: uploads ---

    static Variant closedUploadIsOpen() {
        return new Variant() {
            @Override
            ObjectChanges objectChanges() {
                return new ObjectChanges() {
                    @Override
                    protected @Nullable Refusal isOpen(Head head, UploadId upload) {
                        return null;
                    }
                };
            }
        };
    }

    /** A repeated completion does not get the answer of the first. */
    static Variant completionIsForgotten() {
        return new Variant() {
            @Override
            Uploads uploads(Ports ports, Parts parts) {
                return new TinyUploads(ports, parts) {
                    @Override
                    protected Outcome<Completed> completedBefore(Head head, UploadId upload) {
                        return new Outcome.Refused<>(Refusal.NO_SUCH_UPLOAD);
                    }
                };
            }
        };
    }

    /** The parts go as soon as somebody wants to abort, before the upload is known to be closed. */
    static Variant partsGoEarly() {
        return new Variant() {
            @Override
            Uploads uploads(Ports ports, Parts parts) {
                return new TinyUploads(ports, parts) {
                    @Override
                    public CompletionStage<Outcome<UploadId>> abort(RegisterKey key, Terms terms, UploadId upload) {
                        return reclaim(key, terms, upload, null).thenCompose(gone -> super.abort(key, terms, upload));
                    }
                };
            }
        };
    }

    // --- Rule 18: outboxes ---

    @FunctionalInterface
    private interface Outboxes {
        Outbox of(Ports ports, Parts parts, Uploads uploads, Outbox.Sink sink);
    }

    private static Variant delivering(Outboxes made) {
        return new Variant() {
            @Override
            Outbox outbox(Ports ports, Parts parts, Uploads uploads, Outbox.Sink sink) {
                return made.of(ports, parts, uploads, sink);
            }
        };
    }

    static Variant unsettledIsDelivered() {
        return delivering((ports, parts, uploads, sink) -> {
            Ports hasty = new Ports(
                    ports.register(),
                    new Hasty(ports.register(), (Replicas) ports.register()),
                    ports.versions(),
                    ports.bodies(),
                    ports.identifiers(),
                    ports.changes());
            return new Outbox(hasty, new Parts(hasty), uploads, sink);
        });
    }

    /** An entry is removed, then delivered, unless the gateway dies in between. */
    static Variant removedBeforeDelivery() {
        return delivering((ports, parts, uploads, sink) -> new Outbox(ports, parts, uploads, sink) {
            @Override
            protected CompletionStage<Outcome<OutboxEntry>> deliverAndRemove(
                    RegisterKey key, Terms terms, OutboxEntry entry) {
                return apply(key, changes.removeOutbox(terms, identifiers.nextStamp(), entry))
                        .thenCompose(removed -> super.deliverAndRemove(key, terms, entry));
            }
        });
    }

    /** What lies below the highest ballot delivered is never looked at again. */
    static Variant deliveryHasACursor() {
        Map<Long, Ballot> cursors = new HashMap<>();
        return delivering((ports, parts, uploads, sink) -> new Outbox(ports, parts, uploads, sink) {
            @Override
            protected CompletionStage<Outcome<Integer>> deliverAll(Scan.Entry entry, Terms terms) {
                Ballot before = cursors.getOrDefault(entry.key().space(), Ballot.ZERO);
                if (entry.ballot().compareTo(before) <= 0) {
                    return CompletableFuture.completedStage(new Outcome.Done<>(0));
                }
                cursors.put(entry.key().space(), entry.ballot());
                return super.deliverAll(entry, terms);
            }
        });
    }

    // --- Rule 19: listings ---

    private static final class Hasty extends RowScan {
        private Hasty(Register register, Replicas replicas) {
            super(register, replicas);
        }

        @Override
        protected boolean isDecided(Ballot accepted, Ballot settled) {
            return true;
        }
    }

    static Variant listingShowsUnsettled() {
        return new Variant() {
            @Override
            Scan scan(Register register, Replicas replicas) {
                return new Hasty(register, replicas);
            }
        };
    }

    static Variant listingAsksFew() {
        return new Variant() {
            @Override
            Scan scan(Register register, Replicas replicas) {
                return new RowScan(register, replicas) {
                    @Override
                    protected int firstQuorum(Quorum quorum) {
                        return Integer.lowestOneBit(quorum.reading());
                    }

                    @Override
                    protected boolean isQuorum(Quorum quorum, int told) {
                        return told != 0;
                    }
                };
            }
        };
    }
}
