package io.azekura.actors.object;

import static io.azekura.actors.object.Store.BUCKET;
import static io.azekura.actors.object.Store.bytes;
import static io.azekura.actors.object.Store.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.azekura.actors.protocol.ObjectStore.ListObjects;
import io.azekura.actors.protocol.ObjectStore.ListReply;
import io.azekura.actors.protocol.ObjectStore.ListedObject;
import io.azekura.actors.protocol.ObjectStore.NoSuchKey;
import io.azekura.actors.protocol.ObjectStore.Opened;
import io.azekura.actors.protocol.ObjectStore.Page;
import io.azekura.actors.protocol.ObjectStore.Unavailable;
import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.model.ObjectKey;
import io.azekura.persistence.register.Ballot;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.Messages.Accept;
import io.azekura.persistence.register.Messages.Accepted;
import io.azekura.persistence.register.Messages.Prepare;
import io.azekura.persistence.register.RegisterKey;
import io.azekura.persistence.register.Row;
import io.azekura.persistence.register.Slot;
import io.azekura.persistence.register.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingTest {
    private static final Bytes NONE = Bytes.EMPTY;
    private static final Bytes SLASH = Bytes.utf8("/");

    private static ListReply list(Store store, Bytes prefix, Bytes delimiter, Bytes from, int max) {
        return get(store.gateway.list(new ListObjects(BUCKET, prefix, delimiter, from, max)));
    }

    private static Page page(Store store, String prefix, Bytes delimiter, int max) {
        return assertInstanceOf(Page.class, list(store, Bytes.utf8(prefix), delimiter, NONE, max));
    }

    private static List<String> keys(Page page) {
        return page.objects().stream().map(object -> object.key().text()).toList();
    }

    private static List<String> prefixes(Page page) {
        return page.commonPrefixes().stream().map(Bytes::utf8).toList();
    }

    @Test
    void listsWhatWasPutAndNotWhatWasDeleted() {
        try (Store store = new Store(2, 2)) {
            for (String key : List.of("b", "a", "c", "A", "ä")) {
                store.put(key, bytes(3, 1));
            }
            get(store.gateway.delete(BUCKET, ObjectKey.of("b")));
            Page page = page(store, "", NONE, 1000);
            assertEquals(List.of("A", "a", "c", "ä"), keys(page));
            assertEquals(3, page.objects().get(0).record().size());
            assertNull(page.next());
        }
    }

    @Test
    void delimiterGroupsAndIsNotSearchedInThePrefix() {
        try (Store store = new Store(2, 2)) {
            for (String key : List.of("a", "p/1", "p/2", "p/q/1", "p/q/2", "p/r", "p/s/", "z/")) {
                store.put(key, bytes(1, 1));
            }
            assertEquals(List.of("a"), keys(page(store, "", SLASH, 1000)));
            assertEquals(List.of("p/", "z/"), prefixes(page(store, "", SLASH, 1000)));
            assertEquals(List.of("p/1", "p/2", "p/r"), keys(page(store, "p/", SLASH, 1000)));
            assertEquals(List.of("p/q/", "p/s/"), prefixes(page(store, "p/", SLASH, 1000)));
            assertEquals(List.of("p/q/1", "p/q/2"), keys(page(store, "p/q", NONE, 1000)));
        }
    }

    @Test
    void pageIsFullOnlyWhenSomethingFollows() {
        try (Store store = new Store(1, 2)) {
            for (String key : List.of("a", "b/1", "b/2", "c")) {
                store.put(key, bytes(1, 1));
            }
            Page first = page(store, "", SLASH, 2);
            assertEquals(List.of("a"), keys(first));
            assertEquals(List.of("b/"), prefixes(first));
            assertEquals(Bytes.utf8("c"), first.next());
            assertNull(page(store, "", SLASH, 3).next());
        }
    }

    /** Random keys over few letters, so that prefixes, delimiters and tombstones meet often. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyWalkFindsWhatTheModelHas(long seed) {
        Random random = new Random(seed);
        // Every other walk is over more drives than a stripe set has, so that no drive has every key.
        try (Store store = new Store(seed % 2 == 0 ? 4 : 7, 2, 2)) {
            Map<Bytes, Long> model = new TreeMap<>();
            for (int i = 0; i < 150; i++) {
                String key = word(random, 6);
                if (random.nextInt(4) == 0) {
                    get(store.gateway.delete(BUCKET, ObjectKey.of(key)));
                    model.remove(Bytes.utf8(key));
                } else {
                    int size = random.nextInt(100);
                    store.put(key, bytes(size, 1));
                    model.put(Bytes.utf8(key), (long) size);
                }
            }
            for (int walk = 0; walk < 40; walk++) {
                Bytes prefix = Bytes.utf8(random.nextBoolean() ? "" : word(random, 2));
                Bytes delimiter = Bytes.utf8(List.of("", "/", "b", "a/").get(random.nextInt(4)));
                int down = random.nextInt(3);
                for (int drive = 0; drive < down; drive++) {
                    store.memory.get(drive).setDown(true);
                }
                assertWalk(store, model, prefix, delimiter, 1 + random.nextInt(7));
                store.memory.forEach(drive -> drive.setDown(false));
            }
        }
    }

    private static String word(Random random, int max) {
        StringBuilder word = new StringBuilder();
        for (int i = 1 + random.nextInt(max); i > 0; i--) {
            word.append("ab/c".charAt(random.nextInt(4)));
        }
        return word.toString();
    }

    private static void assertWalk(Store store, Map<Bytes, Long> model, Bytes prefix, Bytes delimiter, int max) {
        List<Bytes> keys = new ArrayList<>();
        TreeSet<Bytes> groups = new TreeSet<>();
        for (Bytes key : model.keySet()) {
            int at = key.indexOf(delimiter, prefix.length());
            if (key.startsWith(prefix) && at >= 0) {
                groups.add(key.slice(0, at + delimiter.length()));
            } else if (key.startsWith(prefix)) {
                keys.add(key);
            }
        }
        List<Bytes> foundKeys = new ArrayList<>();
        List<Bytes> foundGroups = new ArrayList<>();
        Bytes from = NONE;
        while (from != null) {
            Page page = assertInstanceOf(Page.class, list(store, prefix, delimiter, from, max));
            int entries = page.objects().size() + page.commonPrefixes().size();
            assertTrue(page.next() == null ? entries <= max : entries == max, "size of page");
            for (ListedObject object : page.objects()) {
                foundKeys.add(object.key().utf8());
                assertEquals(model.get(object.key().utf8()), object.record().size());
            }
            foundGroups.addAll(page.commonPrefixes());
            from = page.next();
        }
        assertEquals(keys, foundKeys);
        assertEquals(List.copyOf(groups), foundGroups);
    }

    @Test
    void withoutReadQuorumThereIsNoPage() {
        try (Store store = new Store(2, 2)) {
            store.put("a", bytes(1, 1));
            store.memory.get(0).setDown(true);
            store.memory.get(1).setDown(true);
            assertEquals(List.of("a"), keys(page(store, "", NONE, 10)));
            store.memory.get(2).setDown(true);
            assertInstanceOf(Unavailable.class, list(store, NONE, NONE, NONE, 10));
        }
    }

    @Test
    void driveThatHangsUnderAPageIsReplaced() {
        try (Store store = new Store(2, 2)) {
            store.put("a", bytes(1, 1));
            store.drives.get(0).hang();
            store.drives.get(1).hang();
            for (int i = 0; i < 4; i++) {
                assertEquals(List.of("a"), keys(page(store, "", NONE, 10)));
            }
        }
    }

    @Test
    void pendingWritesAreDecidedBeforeTheyAreListed() {
        try (Store store = new Store(2, 2)) {
            store.put("a", bytes(1, 1));
            store.put("b", bytes(2, 1));
            get(store.gateway.delete(BUCKET, ObjectKey.of("b")));
            leavePending(store, "a", "b", 4);
            for (int i = 0; i < 5; i++) {
                assertEquals(List.of("b"), keys(page(store, "", NONE, 10)), "as the pending writes would have it");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatAPageShowedOfAPendingWriteNoLaterPageTakesBack(int acceptedBy) {
        try (Store store = new Store(2, 2)) {
            store.put("a", bytes(1, 1));
            store.put("b", bytes(2, 1));
            get(store.gateway.delete(BUCKET, ObjectKey.of("b")));
            leavePending(store, "a", "b", acceptedBy);
            boolean isDeadShown = false;
            boolean isLiveHidden = false;
            for (int i = 0; i < 20; i++) {
                List<String> keys = keys(page(store, "", NONE, 10));
                assertTrue(keys.contains("b") || !isDeadShown, "came and went");
                assertTrue(!keys.contains("a") || !isLiveHidden, "went and came");
                isDeadShown = keys.contains("b");
                isLiveHidden = !keys.contains("a");
            }
            assertEquals(isDeadShown, store.open("b") instanceof Opened);
            assertEquals(isLiveHidden, store.open("a") instanceof NoSuchKey);
        }
    }

    /** Has some drives accept what would remove {@code live} and bring back {@code dead}, and settles nothing. */
    private static void leavePending(Store store, String live, String dead, int drives) {
        RegisterKey from = new RegisterKey(store.bucket.incarnation(), Bytes.utf8(live));
        Slot slot = Objects.requireNonNull(store.memory.get(0).slots().get(from));
        Row row = Objects.requireNonNull(slot.highest());
        Bytes value = row.state().value();
        State tombstone =
                new State(State.Kind.TOMBSTONE, value, Content.NONE, row.state().applied(), 1, 1);
        State alive =
                new State(State.Kind.LIVE, value, Content.NONE, row.state().applied(), 1, 1);
        acceptOn(store, from, tombstone, drives);
        acceptOn(store, new RegisterKey(store.bucket.incarnation(), Bytes.utf8(dead)), alive, drives);
    }

    private static void acceptOn(Store store, RegisterKey key, State state, int drives) {
        Ballot ballot = new Ballot(500, 7);
        List<Integer> order = store.layout.stripeSet(key).drives();
        for (int position = 0; position < drives; position++) {
            FaultyDrive drive = store.drives.get(order.get(position));
            get(drive.prepare(new Prepare(key, ballot)));
            assertInstanceOf(Accepted.class, get(drive.accept(new Accept(key, ballot, state, position, null))));
        }
    }
}
