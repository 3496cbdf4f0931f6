package io.azekura.persistence.replica;

import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.index.Fence;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages;
import io.azekura.persistence.register.OperationId;
import io.azekura.persistence.register.Proposer;
import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Repeat;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.State;
import io.azekura.persistence.register.VersionEdit;
import io.azekura.persistence.register.Versions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings one drive up to what the others have: after a return, after damage, or as a learner; all three are the same. The
 * drive pulls, and is never pushed to: for each key it reads the register as any client would, so that it can only adopt
 * what is chosen, and makes its own shards out of k others. Keys are found by the others' marks "not on all drives"
 * (register rule 14), or, by a learner, by listing everything.
 */
public class CatchUp {
    private static final int KEYS_MAX = 256;

    private final DriveId self;
    private final Register register;
    private final Versions versions;
    private final Replicas replicas;
    private final Request.Partitions partitions;
    private final ShardCoding coding;
    private final Supplier<OperationId> operations;

    /** {@code operations} gives an id that was never used before, each time. */
    public CatchUp(
            DriveId self,
            Register register,
            Versions versions,
            Replicas replicas,
            Request.Partitions partitions,
            ShardCoding coding,
            Supplier<OperationId> operations) {
        this.self = self;
        this.register = register;
        this.versions = versions;
        this.replicas = replicas;
        this.partitions = partitions;
        this.coding = coding;
        this.operations = operations;
    }

    /** Pulls what a drive that was away missed. Completes with whether it now has everything acknowledged before. */
    public final CompletionStage<Boolean> missed(int partition) {
        return withGuards(partition, location -> pullKeys(location, true, this::pull, null));
    }

    /**
     * Pulls everything of a partition, after what governs it. When this was begun after a barrier of the layout, the
     * drive has everything that was chosen before the barrier.
     */
    public final CompletionStage<Boolean> sweep(int partition) {
        return withGuards(partition, location -> pullKeys(location, false, this::resolve, null));
    }

    /**
     * Asks the others what governs the partition now. For a drive that refuses a write by a fence: it may have missed that
     * the bucket was opened again, and nobody would tell it, since a majority knows (register rule 10).
     */
    public final CompletionStage<Boolean> guards(int partition) {
        return withGuards(partition, location -> CompletableFuture.completedStage(true));
    }

    /**
     * Compares everything of a partition with the others, for a drive that lost records and knows not which. It may have
     * rows that nobody else has: a tombstone that was collected is lost here, and what it deleted is still there.
     */
    public final CompletionStage<Boolean> compare(int partition) {
        return withGuards(partition, location -> pullKeys(location, false, this::restore, null)
                .thenCompose(done -> done ? restoreHeld(location, null) : CompletableFuture.completedStage(false)));
    }

    private CompletionStage<Boolean> restoreHeld(Replicas.Location location, @Nullable RegisterKey after) {
        Request ask = new Request.HeldKeys(location.partition(), after, KEYS_MAX);
        return replicas.ask(self, ask, location.layoutVersion()).thenCompose(reply -> {
            if (!(reply instanceof Request.KeyPage page)) {
                return CompletableFuture.completedStage(false);
            }
            return pullAll(page.keys(), this::restore)
                    .thenCompose(all -> !all || page.complete()
                            ? CompletableFuture.completedStage(all)
                            : restoreHeld(location, page.keys().get(page.keys().size() - 1)));
        });
    }

    private CompletionStage<Boolean> withGuards(
            int partition, Function<Replicas.Location, CompletionStage<Boolean>> then) {
        Replicas.Location location = replicas.locate(partition);
        return Ask.all(replicas, location, new Request.Guards(partition)).thenCompose(answers -> {
            int told = answers.where(reply -> reply instanceof Request.GuardPage);
            if (!isEnough(location, told)) {
                return CompletableFuture.completedStage(false);
            }
            Request take = new Request.TakeGuards(partition, merged(answers.of(Request.GuardPage.class)));
            return replicas.ask(self, take, location.layoutVersion())
                    .thenCompose(reply -> reply == Request.Done.INSTANCE
                            ? then.apply(location)
                            : CompletableFuture.completedStage(false));
        });
    }

    /**
     * Whether enough others answered: N − W + 1 of the set that is read. What was chosen with this drive's vote is on
     * W − 1 of the N − 1 others, and N − W + 1 of those meet them.
     */
    protected boolean isEnough(Replicas.Location location, int told) {
        int own = location.drives().indexOf(self);
        return location.quorum().isRead(own < 0 ? told : told & ~(1 << own));
    }

    private CompletionStage<Boolean> pullKeys(
            Replicas.Location location,
            boolean missed,
            Function<RegisterKey, CompletionStage<Boolean>> action,
            @Nullable RegisterKey after) {
        Request ask = new Request.Keys(location.partition(), after, missed, KEYS_MAX);
        return Ask.all(replicas, location, ask).thenCompose(answers -> {
            if (!isEnough(location, answers.where(reply -> reply instanceof Request.KeyPage))) {
                return CompletableFuture.completedStage(false);
            }
            List<Request.KeyPage> pages = answers.of(Request.KeyPage.class);
            RegisterKey end = null;
            TreeSet<RegisterKey> keys = new TreeSet<>();
            for (Request.KeyPage page : pages) {
                keys.addAll(page.keys());
                if (!page.complete()) {
                    RegisterKey last = page.keys().get(page.keys().size() - 1);
                    end = end == null || last.compareTo(end) < 0 ? last : end;
                }
            }
            RegisterKey from = end;
            List<RegisterKey> now = new ArrayList<>(from == null ? keys : keys.headSet(from, true));
            return pullAll(now, action)
                    .thenCompose(all -> !all || from == null
                            ? CompletableFuture.completedStage(all)
                            : pullKeys(location, missed, action, from));
        });
    }

    private static CompletionStage<Boolean> pullAll(
            List<RegisterKey> keys, Function<RegisterKey, CompletionStage<Boolean>> action) {
        Iterator<RegisterKey> rest = keys.iterator();
        return Repeat.until(() -> rest.hasNext()
                ? action.apply(rest.next()).thenApply(done -> done ? Optional.empty() : Optional.of(false))
                : CompletableFuture.completedStage(Optional.of(true)));
    }

    /** Brings one key up to date. Completes with whether this drive has its chosen state now. */
    public CompletionStage<Boolean> pull(RegisterKey key) {
        return counted(key, (location, collections) -> pull(location, key, collections));
    }

    /**
     * Brings back one key whose row was lost, or may have been. The votes that this drive gave for it are lost as well, and
     * a writer may still count on them; so the others are asked for a promise, which ends what is in flight, and not only
     * for what they have.
     */
    public CompletionStage<Boolean> restore(RegisterKey key) {
        return counted(key, (location, collections) -> register.change(key, operations.get(), Proposer.finishing())
                .thenCompose(outcome -> {
                    if (!(outcome instanceof Register.Declined<String> now)) {
                        return CompletableFuture.completedStage(false);
                    }
                    return now.ballot().isZero()
                            ? replicas.ask(self, new Request.Forget(key, collections), location.layoutVersion())
                                    .thenApply(reply -> reply == Request.Done.INSTANCE)
                            : adopt(location, key, new Register.Value(now.ballot(), now.current()), collections);
                }));
    }

    /**
     * Takes over the newest state that some drive has and knows to be chosen, though a later one may be pending. A drive
     * that lacks what the pending one builds on cannot accept it; when too many do, nobody can finish it, and no read of
     * the register would ever tell them what they lack.
     */
    public final CompletionStage<Boolean> follow(RegisterKey key) {
        return counted(key, (location, collections) -> Ask.all(replicas, location, new Request.ReadChosen(key))
                .thenCompose(answers -> {
                    Request.Chosen newest = answers.of(Request.Chosen.class).stream()
                            .max(Comparator.comparing(chosen -> chosen.row().accepted()))
                            .orElse(null);
                    return newest == null
                            ? CompletableFuture.completedStage(false)
                            : fetch(
                                    location,
                                    key,
                                    new Register.Value(
                                            newest.row().accepted(),
                                            newest.row().state(),
                                            newest.body()),
                                    collections,
                                    newest.versions());
                }));
    }

    /**
     * Sees to a row that has been unsettled here for a while. Reads may long be content with other drives and pass it by,
     * and a scavenger spares what it names: so the drive that has it finishes it, takes over what came after it, or learns
     * that it is void.
     */
    public CompletionStage<Boolean> resolve(RegisterKey key) {
        return pull(key)
                .thenCompose(done -> done
                        ? CompletableFuture.completedStage(true)
                        : register.change(key, operations.get(), Proposer.finishing())
                                .thenCompose(outcome ->
                                        outcome instanceof Register.Declined<String> ? pull(key) : discardDead(key)));
    }

    /**
     * Lets go of this drive's highest row of a key if that names data which is marked dead. With marks on N − W + 1 others
     * the row cannot have been chosen, as its holders refuse the mark, and never will be; but whoever finds it has to
     * finish it first, and so could write nothing any more.
     */
    public final CompletionStage<Boolean> discardDead(RegisterKey key) {
        Replicas.Location location = replicas.locate(partitions.of(key));
        return replicas.ask(self, new Request.ReadHeld(key), location.layoutVersion())
                .thenCompose(reply -> {
                    CompletionStage<Boolean> voided = CompletableFuture.completedStage(false);
                    if (reply instanceof Messages.Found found
                            && found.row().accepted().compareTo(found.settled()) > 0) {
                        Ballot ballot = found.row().accepted();
                        for (DataId named : named(found.row())) {
                            voided = voided.thenCompose(done -> done
                                    ? CompletableFuture.completedStage(true)
                                    : discardDead(location, key, ballot, named));
                        }
                    }
                    return voided;
                });
    }

    private CompletionStage<Boolean> discardDead(
            Replicas.Location location, RegisterKey key, Ballot ballot, DataId named) {
        return Ask.all(replicas, location, new Request.IsDead(key, named))
                .thenCompose(answers -> isEnough(location, answers.where(answer -> answer == Request.Done.INSTANCE))
                        ? replicas.ask(self, new Request.DiscardRow(key, ballot), location.layoutVersion())
                                .thenApply(done -> done == Request.Done.INSTANCE)
                        : CompletableFuture.completedStage(false));
    }

    private static Set<DataId> named(Row row) {
        Set<DataId> named = new LinkedHashSet<>();
        addTo(named, row.state().content());
        for (VersionEdit edit : row.edits()) {
            if (edit instanceof VersionEdit.Add add) {
                addTo(named, add.content());
            }
        }
        return named;
    }

    private static void addTo(Set<DataId> named, Content content) {
        DataId id = Replica.dataId(content);
        if (id != null) {
            named.add(id);
        }
    }

    /** Does something with the key that is void when this drive collects a tombstone meanwhile (register rule 11). */
    private CompletionStage<Boolean> counted(
            RegisterKey key, BiFunction<Replicas.Location, Long, CompletionStage<Boolean>> action) {
        Replicas.Location location = replicas.locate(partitions.of(key));
        Request ask = new Request.Collections(location.partition());
        return replicas.ask(self, ask, location.layoutVersion())
                .thenCompose(reply -> reply instanceof Request.Count count
                        ? action.apply(location, count.count())
                        : CompletableFuture.completedStage(false));
    }

    private CompletionStage<Boolean> pull(Replicas.Location location, RegisterKey key, long collections) {
        return register.read(key).thenCompose(outcome -> {
            if (!(outcome instanceof Register.Value value)) {
                return follow(key).thenApply(followed -> false);
            }
            return replicas.ask(self, new Request.HasSettled(key, value.ballot()), location.layoutVersion())
                    .thenCompose(has ->
                            has == Request.Done.INSTANCE || value.ballot().isZero()
                                    ? CompletableFuture.completedStage(has == Request.Done.INSTANCE)
                                    : adopt(location, key, value, collections));
        });
    }

    /**
     * Lets go of a tombstone that this drive alone still has: the others collected it, which they do only once all drives
     * have it, and this one pulled it again from the last of them. A read does not tell: with this drive among those that
     * answer it finds the tombstone, and without it nothing, and both are right. Completes with whether it is gone.
     */
    public final CompletionStage<Boolean> collectIfGone(RegisterKey key) {
        Replicas.Location location = replicas.locate(partitions.of(key));
        Request read = new Request.Read(key, false);
        return Ask.all(replicas, location, read).thenCompose(answers -> {
            int own = location.drives().indexOf(self);
            Object reply = own < 0 ? null : answers.replies().get(own);
            boolean isTombstone = reply instanceof Messages.Found found
                    && found.row().accepted().equals(found.settled())
                    && found.row().state().kind() == State.Kind.TOMBSTONE;
            if (!isTombstone || !isEnough(location, answers.where(one -> one instanceof Messages.Nothing))) {
                return CompletableFuture.completedStage(false);
            }
            Ballot ballot = ((Messages.Found) Objects.requireNonNull(reply)).settled();
            return replicas.ask(self, new Request.Collect(key, ballot), location.layoutVersion())
                    .thenApply(done -> done == Request.Done.INSTANCE);
        });
    }

    /**
     * Gets bytes that this drive needs before it can take a row: an older version's, which it missed, or a shard of its own.
     * Without them the row might never find its majority, and nothing would be chosen for others to pull.
     */
    public final CompletionStage<Boolean> supply(RegisterKey key, List<Content> contents) {
        Replicas.Location location = replicas.locate(partitions.of(key));
        Register.Value none = new Register.Value(Ballot.ZERO, State.ABSENT);
        CompletionStage<Boolean> all = CompletableFuture.completedStage(true);
        for (Content content : contents) {
            Map<DataId, Map<Integer, Bytes>> got = new HashMap<>();
            all = all.thenCompose(fine -> fetchContent(location, key, content, none, got)
                    .thenCompose(fetched -> stage(location, key, got).thenApply(staged -> fine && fetched && staged)));
        }
        return all;
    }

    private CompletionStage<Boolean> stage(
            Replicas.Location location, RegisterKey key, Map<DataId, Map<Integer, Bytes>> got) {
        CompletionStage<Boolean> all = CompletableFuture.completedStage(true);
        for (Map.Entry<DataId, Map<Integer, Bytes>> data : got.entrySet()) {
            for (Map.Entry<Integer, Bytes> one : data.getValue().entrySet()) {
                Request stage = new Request.Stage(key, data.getKey(), one.getKey(), one.getValue());
                all = all.thenCompose(fine -> replicas.ask(self, stage, location.layoutVersion())
                        .thenApply(reply -> fine && reply == Request.Done.INSTANCE));
            }
        }
        return all;
    }

    private CompletionStage<Boolean> adopt(
            Replicas.Location location, RegisterKey key, Register.Value value, long collections) {
        if (value.state().history().count() == 0) {
            return fetch(location, key, value, collections, List.of());
        }
        return versions.versions(key, Bytes.EMPTY, Integer.MAX_VALUE)
                .thenCompose(found ->
                        found instanceof Versions.Found all && all.ballot().equals(value.ballot())
                                ? fetch(location, key, value, collections, all.versions())
                                : CompletableFuture.completedStage(false));
    }

    /** Gets this drive's share of the state's own content and of those of all older versions, one after the other. */
    private CompletionStage<Boolean> fetch(
            Replicas.Location location,
            RegisterKey key,
            Register.Value value,
            long collections,
            List<VersionEdit.Add> older) {
        List<Content> contents = new ArrayList<>();
        contents.add(value.state().content());
        older.forEach(version -> contents.add(version.content()));
        Map<DataId, Map<Integer, Bytes>> got = new HashMap<>();
        CompletionStage<Boolean> all = CompletableFuture.completedStage(true);
        for (Content content : contents) {
            all = all.thenCompose(fine ->
                    fine ? fetchContent(location, key, content, value, got) : CompletableFuture.completedStage(false));
        }
        return all.thenCompose(fine -> {
            if (!fine) {
                return CompletableFuture.completedStage(false);
            }
            Request.Adopt adopt =
                    new Request.Adopt(key, new Row(value.ballot(), value.state()), collections, older, got);
            return replicas.ask(self, adopt, location.layoutVersion())
                    .thenApply(reply -> reply == Request.Done.INSTANCE);
        });
    }

    private CompletionStage<Boolean> fetchContent(
            Replicas.Location location,
            RegisterKey key,
            Content content,
            Register.Value value,
            Map<DataId, Map<Integer, Bytes>> got) {
        if (content instanceof Content.Whole whole) {
            Bytes body = value.body();
            if (content.equals(value.state().content()) && body != null) {
                got.put(whole.id(), Map.of(Request.Adopt.WHOLE, body));
                return CompletableFuture.completedStage(true);
            }
            return ask(location, key, whole.id(), Request.Adopt.WHOLE).thenApply(found -> {
                Bytes bytes = found.get(Request.Adopt.WHOLE);
                if (bytes != null) {
                    got.put(whole.id(), Map.of(Request.Adopt.WHOLE, bytes));
                }
                return bytes != null;
            });
        }
        return content instanceof Content.Sharded sharded
                ? fetchShards(location, key, sharded, got)
                : CompletableFuture.completedStage(true);
    }

    private CompletionStage<Boolean> fetchShards(
            Replicas.Location location,
            RegisterKey key,
            Content.Sharded sharded,
            Map<DataId, Map<Integer, Bytes>> got) {
        int own = location.drives().indexOf(self);
        int role = own < 0 ? -1 : location.quorum().roles().get(own);
        List<Integer> wanted = new ArrayList<>();
        for (int shard = 0; shard < sharded.holders().size(); shard++) {
            if (sharded.holders().get(shard) == role) {
                wanted.add(shard);
            }
        }
        if (wanted.isEmpty()) {
            return CompletableFuture.completedStage(true);
        }
        CompletionStage<Map<Integer, Bytes>> found = CompletableFuture.completedStage(new HashMap<>());
        for (int shard = 0; shard < sharded.holders().size(); shard++) {
            int number = shard;
            found = found.thenCompose(so -> so.size() >= sharded.dataShards()
                    ? CompletableFuture.completedStage(so)
                    : ask(location, key, sharded.id(), number).thenApply(more -> {
                        so.putAll(more);
                        return so;
                    }));
        }
        return found.thenApply(so -> {
            if (so.size() < sharded.dataShards()) {
                return false;
            }
            Map<Integer, Bytes> mine = new HashMap<>();
            wanted.forEach(shard -> mine.put(shard, coding.rebuild(sharded, shard, so)));
            got.put(sharded.id(), mine);
            return true;
        });
    }

    /** The shard from whichever drive has it; an empty map if none does. */
    private CompletionStage<Map<Integer, Bytes>> ask(
            Replicas.Location location, RegisterKey key, DataId id, int shard) {
        return Ask.all(replicas, location, new Request.ReadShard(key, id, shard))
                .thenApply(answers -> {
                    for (Request.Shard found : answers.of(Request.Shard.class)) {
                        Bytes bytes = found.bytes();
                        if (bytes != null) {
                            return Map.of(shard, bytes);
                        }
                    }
                    return Map.of();
                });
    }

    private static Request.GuardPage merged(List<Request.GuardPage> pages) {
        Ballot collected = Ballot.ZERO;
        Map<Long, Fence> fences = new HashMap<>();
        BiFunction<Fence, Fence, Fence> newer = (a, b) -> a.configVersion() >= b.configVersion() ? a : b;
        for (Request.GuardPage page : pages) {
            collected = Ballot.max(collected, page.collected());
            page.fences().forEach((space, fence) -> fences.merge(space, fence, newer));
        }
        return new Request.GuardPage(collected, fences);
    }
}
