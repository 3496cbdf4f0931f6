package io.azekura.persistence.drive;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.AcceptReply;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Fenced;
import io.azekura.persistence.register.Messages.Found;
import io.azekura.persistence.register.Messages.Nothing;
import io.azekura.persistence.register.Messages.PrepareReply;
import io.azekura.persistence.register.Messages.ReadReply;
import io.azekura.persistence.register.Messages.Refused;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.State;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says whether an opened drive has what it must have and nothing that it cannot have: operations that were acknowledged
 * took effect, those that were submitted may have, and every byte is as it was written.
 */
final class CrashJudge {
    /** Above every ballot and every bound of a history. */
    private static final long HIGH_COUNTER = 1L << 50;

    private final CrashHistory history;
    private final BitSet submitted;
    private final BitSet acknowledged;

    CrashJudge(CrashHistory history, BitSet submitted, BitSet acknowledged) {
        this.history = history;
        this.submitted = submitted;
        this.acknowledged = acknowledged;
    }

    /** Checks that this is the drive that was mounted before, if any was. */
    void identity(CrashDrive.Mounted found) {
        history.mounted()
                .forEach((operation, before) -> require(
                        !acknowledged.get(operation)
                                || (found.id().equals(before.id())
                                        && (found.boots() == 0 || found.boots() > before.boots())),
                        () -> "mounted as " + found + " after " + before));
    }

    /** Whether the drive may still be as if it had never been mounted. */
    boolean isNew() {
        return history.mounted().keySet().stream().noneMatch(acknowledged::get);
    }

    /** Checks every slot and all bytes, changes nothing, and returns what the drive has. */
    Map<RegisterKey, Slot> slots(Drive drive) throws IOException {
        Map<RegisterKey, Slot> found = new TreeMap<>();
        try (Drive.RowCursor cursor = drive.scan(Samples.SPACE, Bytes.EMPTY)) {
            while (cursor.next()) {
                found.put(new RegisterKey(Samples.SPACE, cursor.key()), cursor.slot());
            }
        }
        for (RegisterKey key : found.keySet()) {
            require(!history.versions(key).isEmpty(), () -> "a key that nobody wrote: " + key);
        }
        for (RegisterKey key : history.versions().keySet()) {
            Slot slot = found.getOrDefault(key, Slot.EMPTY);
            requireKnown(key, slot);
            requireRead(drive, key, slot);
            for (Row row : slot.rows()) {
                requireBytes(drive, key, row.state().content());
            }
        }
        return found;
    }

    private void requireKnown(RegisterKey key, Slot slot) {
        List<CrashHistory.Version> versions = history.versions(key);
        int oldest = 0;
        for (int i = 0; i < versions.size(); i++) {
            if (acknowledged.get(versions.get(i).operation())) {
                oldest = i + 1;
            }
        }
        boolean isKnown = oldest == 0 && slot.equals(Slot.EMPTY);
        for (int i = Math.max(0, oldest - 1); i < versions.size(); i++) {
            isKnown |= submitted.get(versions.get(i).operation())
                    && versions.get(i).slot().equals(slot);
        }
        int acknowledgedVersions = oldest;
        require(
                isKnown,
                () -> "key " + key + " is as nothing left it: " + slot + "; acknowledged are " + acknowledgedVersions
                        + " of " + versions);
    }

    private static void requireRead(Drive drive, RegisterKey key, Slot slot) {
        ReadReply reply = drive.read(key);
        Row highest = slot.highest();
        boolean isSame = highest == null
                ? reply instanceof Nothing
                : reply instanceof Found found
                        && found.row().equals(highest)
                        && found.settled().equals(slot.settled());
        require(isSame, () -> "a read of " + key + " gives " + reply + ", a scan " + slot);
    }

    private void requireBytes(Drive drive, RegisterKey key, Content content) throws IOException {
        if (content instanceof Content.Whole whole) {
            Bytes body = drive.readWhole(key, whole.id());
            require(body.equals(history.bytes(whole.id())), () -> "wrong bytes of " + whole.id());
        } else if (content instanceof Content.Sharded sharded) {
            Bytes shard = history.bytes(sharded.id());
            try (Drive.ShardReader reader = drive.open(key, sharded.id(), 0)) {
                Bytes found = Samples.read(reader, 0, shard.length());
                require(found.equals(shard), () -> "wrong bytes of shard 0 of " + sharded.id());
            }
        }
    }

    /** Checks what can only be seen by asking for changes, and that the drive takes new ones. */
    void requireUsable(Drive drive) throws IOException {
        requirePromises(drive);
        requireFences(drive);
        RegisterKey probe = Samples.key("probe");
        Bytes body = Samples.bytes(1, 100);
        DataId data = new DataId(0xBEEF, 1);
        requireAccepted(drive, probe, Samples.live(Samples.whole(data, body), 1), body);
        require(drive.readWhole(probe, data).equals(body), () -> "a new row has wrong bytes");
        for (CrashHistory.Shard shard : history.shards()) {
            if (acknowledged.get(shard.staged())
                    && (shard.ended() == Integer.MAX_VALUE || !submitted.get(shard.ended()))) {
                RegisterKey key = Samples.key("probe of " + shard.id());
                State state = Samples.live(Samples.sharded(shard.id(), List.of(0, 1, 2, 3)), 1);
                requireAccepted(drive, key, state, null);
                requireBytes(drive, key, state.content());
            }
        }
    }

    private static void requireAccepted(
            Drive drive, RegisterKey key, State state, @org.jspecify.annotations.Nullable Bytes body) {
        AcceptReply reply = Samples.accept(drive, key, new Ballot(HIGH_COUNTER, 1), state, body);
        require(reply instanceof Accepted, () -> "an accept of " + key + " is answered " + reply);
    }

    private void requirePromises(Drive drive) {
        for (CrashHistory.Promise promise : history.promises()) {
            if (acknowledged.get(promise.operation())) {
                Ballot lower = new Ballot(promise.ballot().counter() - 1, 1);
                PrepareReply prepared = Samples.prepare(drive, promise.key(), lower);
                require(prepared instanceof Refused, () -> "a promise of " + promise + " is forgotten: " + prepared);
                AcceptReply accepted = Samples.accept(drive, promise.key(), lower, Samples.tombstone(1), null);
                require(accepted instanceof Refused, () -> "a promise of " + promise + " is forgotten: " + accepted);
            }
        }
    }

    private static void requireFenced(Drive drive, long space, long configVersion, boolean isFenced) {
        RegisterKey key = new RegisterKey(space, Bytes.utf8("probe"));
        // A state that is written for the first time: one that only is finished passes a fence.
        AcceptReply reply =
                Samples.accept(drive, key, Samples.ballot(HIGH_COUNTER), Samples.tombstone(HIGH_COUNTER), null);
        require(
                !isFenced || reply instanceof Fenced,
                () -> "the fence of space " + space + " at " + configVersion + " is forgotten: " + reply);
    }

    private void requireFences(Drive drive) {
        for (CrashHistory.Fenced fence : history.fences()) {
            boolean isNew = fence.configVersion() > Samples.tombstone(1).configVersion();
            requireFenced(drive, fence.space(), fence.configVersion(), isNew && acknowledged.get(fence.operation()));
        }
    }

    private static void require(boolean isTrue, java.util.function.Supplier<String> otherwise) {
        if (!isTrue) {
            throw new AssertionError(otherwise.get());
        }
    }
}
