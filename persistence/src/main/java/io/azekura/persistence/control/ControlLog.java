package io.azekura.persistence.control;

import io.azekura.persistence.control.ControlFormat.Entry;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.format.ByteWriter;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Proposer;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Repeat;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One process' copy of the control state, and the way to add to the log. Entry n + 1 is a register that is created once, on
 * the holders that the state at n names; so of all who want to add an entry exactly one does, and the log has no fork as
 * long as a majority of each state's holders keeps what it accepted. Never goes back: a copy at a lower version is not
 * adopted. Safe for any thread.
 */
public class ControlLog {
    /** How many other entries may come first before an addition is given up. */
    private static final int ATTEMPTS_MAX = 32;

    /** How often the creation of one entry is tried while its outcome is unknown. */
    private static final int UNKNOWN_MAX = 3;

    private static final String PREFIX = "c/";

    private final Holders registers;
    private final Supplier<OperationId> operations;
    private ControlState state;

    /** The registers that a list of drives holds, and no others. */
    @FunctionalInterface
    public interface Holders {
        Register on(List<DriveId> drives);
    }

    /** What is to be added to a state. */
    @FunctionalInterface
    public interface Decision {
        /** Null when there is nothing to do. */
        @Nullable
        ControlCommand decide(ControlState state);
    }

    /** How an addition ended. */
    public sealed interface Outcome {}

    /** The entry is in the log, and this is the state with it. */
    public record Added(ControlState state) implements Outcome {}

    /** The state does not allow it. */
    public record Refused(String reason) implements Outcome {}

    /** Too few holders answer; the entry is not in the log and will not be. */
    public record Unavailable(String reason) implements Outcome {}

    /** Too few holders answer; the entry may be in the log, or may yet get there. */
    public record Unknown(String reason) implements Outcome {}

    public ControlLog(ControlState known, Holders registers, Supplier<OperationId> operations) {
        this.state = known;
        this.registers = registers;
        this.operations = operations;
    }

    /** What is known of the log, which may be older than the log. */
    public final synchronized ControlState known() {
        return state;
    }

    /** Takes over a copy that somebody else has, if it is newer. */
    public final synchronized void adopt(ControlState other) {
        if (other.version() > state.version()) {
            state = other;
        }
    }

    public static RegisterKey key(long entry) {
        ByteWriter writer = new ByteWriter(PREFIX.length() + Long.BYTES);
        writer.bytes(Bytes.utf8(PREFIX).array()).i64(entry);
        return new RegisterKey(RegisterKey.SYSTEM, Bytes.wrap(writer.toByteArray()));
    }

    /** Whether the key is one of an entry of the log. */
    public static boolean isEntry(RegisterKey key) {
        return key.space() == RegisterKey.SYSTEM
                && key.key().length() == PREFIX.length() + Long.BYTES
                && key.key().startsWith(Bytes.utf8(PREFIX));
    }

    /**
     * Reads the log up to its end, as it was at some moment of the call. Completes with whether that was possible; what
     * could be read is known afterwards in any case.
     */
    public final CompletionStage<Boolean> refresh() {
        return Repeat.until(this::readNext);
    }

    private CompletionStage<Optional<Boolean>> readNext() {
        ControlState at = known();
        return registers.on(at.holders()).read(key(at.version() + 1)).thenApply(outcome -> {
            if (!(outcome instanceof Register.Value value)) {
                return Optional.of(false);
            }
            if (!value.state().isLive()) {
                return Optional.of(true);
            }
            take(at, value.state());
            return Optional.empty();
        });
    }

    /**
     * Adds the command that is decided from the newest state, unless that refuses it. {@code decide} may be called several
     * times, and answers null when there is nothing to do, which counts as added.
     */
    public final CompletionStage<Outcome> add(Decision decide) {
        return refresh()
                .thenCompose(done -> done
                        ? add(decide, 1)
                        : CompletableFuture.completedStage(
                                new Unavailable("the end of the control log cannot be read")));
    }

    private CompletionStage<Outcome> add(Decision decide, int attempt) {
        ControlState at = known();
        ControlCommand command = decide.decide(at);
        if (command == null) {
            return CompletableFuture.completedStage(new Added(at));
        }
        if (at.apply(command) instanceof ControlState.NotAllowed refused) {
            return CompletableFuture.completedStage(new Refused(refused.reason()));
        }
        Entry entry = new Entry(operations.get(), command);
        return create(at, entry, entry.author(), 1).thenCompose(made -> {
            if (made.end() != null) {
                return CompletableFuture.completedStage(made.end());
            }
            return attempt == ATTEMPTS_MAX
                    ? CompletableFuture.completedStage(new Refused("others are always faster"))
                    : add(decide, attempt + 1);
        });
    }

    /** How the creation of one entry went; null when another's is there and is known now. */
    private record Made(@Nullable Outcome end) {}

    /**
     * Creates the entry after a state. While it is not known whether it was created, the very same entry is tried again
     * under a fresh operation: what is found in the register then says whose entry it is, and it cannot be there twice. To
     * read would not do: an accept that is still under way may land after the read.
     */
    private CompletionStage<Made> create(ControlState at, Entry entry, OperationId operation, int attempt) {
        Bytes value = ControlFormat.encode(entry);
        return registers
                .on(at.holders())
                .change(key(at.version() + 1), operation, create(value))
                .thenCompose(outcome -> {
                    if (mayHaveLanded(outcome) && attempt < UNKNOWN_MAX) {
                        return create(at, entry, operations.get(), attempt + 1);
                    }
                    return CompletableFuture.completedStage(new Made(ended(at, entry, outcome, attempt > 1)));
                });
    }

    private @Nullable Outcome ended(
            ControlState at, Entry entry, Register.ChangeOutcome<State> outcome, boolean mayBeThere) {
        if (outcome instanceof Register.Applied<State> applied) {
            take(at, applied.state());
            return new Added(known());
        }
        if (outcome instanceof Register.Declined<State> declined) {
            take(at, declined.current());
            return isOwn(decoded(declined.current()), entry) ? new Added(known()) : null;
        }
        return mayBeThere || mayHaveLanded(outcome)
                ? new Unknown(outcome.toString())
                : new Unavailable(outcome.toString());
    }

    private static boolean mayHaveLanded(Register.ChangeOutcome<State> outcome) {
        return outcome instanceof Register.OutcomeUnknown<State>
                || (outcome instanceof Proposer.LayoutChanged<State> changed && changed.lastAccept() != null);
    }

    /** Whether the entry that is there is the one that was to be added. */
    protected boolean isOwn(Entry found, Entry own) {
        return found.author().equals(own.author());
    }

    private Change<State> create(Bytes value) {
        return current -> mayCreate(current)
                ? new Change.Write<>(State.Kind.LIVE, value, Content.NONE, null, 0)
                : new Change.Refuse<>(current);
    }

    /** Whether the entry is still to be written: an entry is created once and never changed. */
    protected boolean mayCreate(State current) {
        return current.kind() == State.Kind.ABSENT;
    }

    private synchronized void take(ControlState at, State entry) {
        if (state.version() != at.version()) {
            return;
        }
        ControlState.Outcome next = at.apply(decoded(entry).command());
        if (!(next instanceof ControlState.Done done)) {
            throw new IllegalStateException("an entry of the control log that its state does not allow: " + next);
        }
        state = done.state();
    }

    private static Entry decoded(State entry) {
        try {
            return ControlFormat.decodeEntry(entry.value());
        } catch (IOException damage) {
            throw new IllegalStateException("an entry of the control log that cannot be decoded", damage);
        }
    }
}
