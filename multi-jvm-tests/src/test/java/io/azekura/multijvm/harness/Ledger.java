package io.azekura.multijvm.harness;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one writer was promised about the keys that only it writes. A key has one acknowledged state, and any number of
 * states whose request ended without an answer. Each of those may have happened, may still happen while the process
 * that took the request lives, or may never happen; once a read after that process's end has shown one state, that is
 * the only one, for a later read must not go back. Not thread-safe.
 *
 * <p>It does not verify the order of requests of different writers to one key: there are none.
 */
public final class Ledger {
    /** Empty: there is no such object. */
    private final Map<String, Optional<Content>> acknowledged = new LinkedHashMap<>();

    private final Map<String, Set<Optional<Content>>> inDoubt = new LinkedHashMap<>();

    /** Before a request that puts the content, or deletes when it is empty, is sent. */
    public void begin(String key, Optional<Content> state) {
        acknowledged.putIfAbsent(key, Optional.empty());
        inDoubt.computeIfAbsent(key, unused -> new LinkedHashSet<>()).add(state);
    }

    /** When that request was answered with success, or a read has shown its state. */
    public void acknowledge(String key, Optional<Content> state) {
        acknowledged.put(key, state);
        Set<Optional<Content>> open = inDoubt.getOrDefault(key, new LinkedHashSet<>());
        open.remove(state);
        if (open.isEmpty()) {
            inDoubt.remove(key);
        }
    }

    public Set<String> keys() {
        return Set.copyOf(acknowledged.keySet());
    }

    /** Every state that a read of the key may show now. */
    public Set<Optional<Content>> possible(String key) {
        Set<Optional<Content>> states = new LinkedHashSet<>();
        states.add(acknowledged.getOrDefault(key, Optional.empty()));
        states.addAll(inDoubt.getOrDefault(key, Set.of()));
        return states;
    }

    /** A read showed this state, and every process that took a request for the key before it has ended. */
    public void settle(String key, Optional<Content> state) {
        acknowledged.put(key, state);
        inDoubt.remove(key);
    }

    /** The keys that hold an object for certain, in no order. */
    public Set<String> present() {
        Set<String> present = new LinkedHashSet<>();
        acknowledged.forEach((key, state) -> {
            if (state.isPresent() && !inDoubt.containsKey(key)) {
                present.add(key);
            }
        });
        return present;
    }
}
