package io.azekura.persistence.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.VersionEdit.Add;
import io.azekura.persistence.register.VersionEdit.Remove;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VersionEditTest {
    private static final int VERSIONS = 5;

    /** From where the chosen edits lead, the rebased ones lead to where the others led: as a set and as a history. */
    @Test
    void rebasedEditsLeadToTheSameVersions() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            TreeMap<Bytes, Add> base = new TreeMap<>();
            apply(edits(base, random), base);
            List<VersionEdit> chosen = edits(base, random);
            List<VersionEdit> later = random.nextBoolean() ? edits(base, random) : builtOn(chosen, base, random);
            TreeMap<Bytes, Add> expected = new TreeMap<>(base);
            apply(later, expected);
            TreeMap<Bytes, Add> found = new TreeMap<>(base);
            apply(chosen, found);
            History atChosen = history(found);
            List<VersionEdit> rebased = VersionEdit.rebased(later, chosen, records(base));
            apply(rebased, found);
            assertEquals(expected, found, "seed " + seed);
            assertEquals(history(expected), atChosen.with(rebased), "seed " + seed);
        }
    }

    @Test
    void whatBothDoIsNotDoneAgain() {
        Add one = version(1);
        Add two = version(2);
        assertEquals(List.of(two), VersionEdit.rebased(List.of(one, two), List.of(one), records(Map.of())));
        assertEquals(List.of(), VersionEdit.rebased(List.of(one), List.of(one), records(Map.of())));
    }

    @Test
    void whatOnlyTheChosenOnesDoIsUndone() {
        Add one = version(1);
        assertEquals(List.of(removal(one)), VersionEdit.rebased(List.of(), List.of(one), records(Map.of())));
        assertEquals(
                List.of(one), VersionEdit.rebased(List.of(), List.of(removal(one)), records(Map.of(one.id(), one))));
        assertThrows(
                IllegalStateException.class,
                () -> VersionEdit.rebased(List.of(), List.of(removal(one)), records(Map.of())));
    }

    @Test
    void aVersionThatWasRemovedAndCameBackStays() {
        Add one = version(1);
        assertEquals(
                List.of(), VersionEdit.rebased(List.of(), List.of(removal(one), one), records(Map.of(one.id(), one))));
        assertEquals(
                List.of(removal(one)),
                VersionEdit.rebased(List.of(removal(one)), List.of(removal(one), one), records(Map.of(one.id(), one))));
    }

    @Test
    void historiesAreEqualExactlyWhenTheSetsAre() {
        List<History> all = new ArrayList<>();
        for (int set = 0; set < 1 << VERSIONS; set++) {
            List<VersionEdit> adds = new ArrayList<>();
            for (int i = 0; i < VERSIONS; i++) {
                if ((set & (1 << i)) != 0) {
                    adds.add(version(i));
                }
            }
            History inOrder = History.EMPTY.with(adds);
            Collections.shuffle(adds, new Random(set));
            assertEquals(inOrder, History.EMPTY.with(adds));
            assertEquals(adds.size(), inOrder.count());
            all.forEach(other -> assertNotEquals(other, inOrder));
            all.add(inOrder);
        }
    }

    @Test
    void removingTakesBackWhatAddingDid() {
        History two = History.EMPTY.with(version(1)).with(version(2));
        assertEquals(History.EMPTY.with(version(2)), two.with(removal(version(1))));
        assertEquals(History.EMPTY, two.with(removal(version(2))).with(removal(version(1))));
        assertThrows(IllegalArgumentException.class, () -> History.EMPTY.with(removal(version(1))));
    }

    @Test
    void theRecordCountsAndNotItsNameAlone() {
        Add other = new Add(version(1).id(), Bytes.utf8("other"), Content.NONE);
        assertNotEquals(History.EMPTY.with(version(1)), History.EMPTY.with(other));
    }

    /** Edits that touch each version at most once. */
    private static List<VersionEdit> edits(Map<Bytes, Add> base, Random random) {
        List<VersionEdit> edits = editsOfOthers(base, random);
        base.values().stream().findFirst().filter(add -> random.nextBoolean()).ifPresent(add -> {
            edits.removeIf(edit -> edit.id().equals(add.id()));
            edits.add(removal(add));
            edits.add(add);
        });
        return edits;
    }

    private static List<VersionEdit> editsOfOthers(Map<Bytes, Add> base, Random random) {
        List<VersionEdit> edits = new ArrayList<>();
        for (int i = 0; i < VERSIONS; i++) {
            Add add = version(i);
            if (random.nextInt(3) == 0) {
                edits.add(base.containsKey(add.id()) ? removal(add) : add);
            }
        }
        Collections.shuffle(edits, random);
        return edits;
    }

    /** Edits of a state that was made from the chosen one, whose edits come first; some of them it takes back. */
    private static List<VersionEdit> builtOn(List<VersionEdit> chosen, Map<Bytes, Add> base, Random random) {
        TreeMap<Bytes, Add> at = new TreeMap<>(base);
        apply(chosen, at);
        List<VersionEdit> edits = new ArrayList<>(chosen);
        edits.addAll(edits(at, random));
        return edits;
    }

    private static void apply(List<VersionEdit> edits, Map<Bytes, Add> versions) {
        for (VersionEdit edit : edits) {
            if (edit instanceof Add add) {
                versions.put(add.id(), add);
            } else {
                versions.remove(edit.id());
            }
        }
    }

    private static History history(Map<Bytes, Add> versions) {
        return History.EMPTY.with(new ArrayList<>(versions.values()));
    }

    private static VersionEdit.Records records(Map<Bytes, Add> versions) {
        return versions::get;
    }

    private static Add version(int number) {
        return new Add(Bytes.utf8("v" + number), Bytes.utf8("value " + number), Content.NONE);
    }

    private static Remove removal(Add add) {
        return new Remove(add.id(), StateDigest.of(add));
    }
}
