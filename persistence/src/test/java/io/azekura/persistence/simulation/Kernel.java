package io.azekura.persistence.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One thread, virtual time in microseconds, and a running hash of everything that happens: the same seed gives the same
 * history, event by event. Random numbers come in streams by name, so that a draw more in one part of the simulation
 * leaves the others as they were.
 */
public final class Kernel {
    /** How long an answer is waited for, in microseconds. */
    public static final long TIMEOUT_MICROS = 400_000;

    private static final long HASH_PRIME = 0x9E3779B97F4A7C15L;

    private record Event(long time, long order, Task owner, int start, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** An action that may be called off. */
    public static final class Timeout {
        private @Nullable Event event;

        private Timeout(Event event) {
            this.event = event;
        }

        public void cancel() {
            event = null;
        }
    }

    /** Something that runs, dies, and may be paused. What it had planned dies with it. */
    public static final class Task {
        private final String name;
        private int start;
        private boolean running = true;
        private boolean paused;
        private final ArrayDeque<Event> deferred = new ArrayDeque<>();

        private Task(String name) {
            this.name = name;
        }

        public boolean isRunning() {
            return running;
        }

        public boolean isPaused() {
            return paused;
        }

        @Override
        public String toString() {
            return name + "#" + start;
        }
    }

    private final long seed;
    private final boolean printing;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final ArrayDeque<Timeout> timeouts = new ArrayDeque<>();
    private final Task world = new Task("world");
    private final List<String> lines = new ArrayList<>();
    private @Nullable Runnable afterEach;
    private long now;
    private long order;
    private long count;
    private long hash;

    public Kernel(long seed, boolean printing) {
        this.seed = seed;
        this.printing = printing;
    }

    /** A random stream of its own for this name. */
    public Random random(String name) {
        return new Random(mix(seed) ^ mix(name.hashCode()));
    }

    public Task task(String name) {
        return new Task(name);
    }

    public long now() {
        return now;
    }

    /** How many events were run. */
    public long events() {
        return count;
    }

    /** Of everything that was noted, in order. */
    public long traceHash() {
        return hash;
    }

    public boolean isPrinting() {
        return printing;
    }

    public List<String> lines() {
        return lines;
    }

    /** Called after every event, to check what must always be true. */
    public void afterEach(Runnable check) {
        afterEach = check;
    }

    public void after(long delayMicros, Runnable action) {
        after(delayMicros, world, action);
    }

    /** Runs the action for the task, unless it dies before; while it is paused the action waits. */
    public void after(long delayMicros, Task owner, Runnable action) {
        events.add(new Event(now + Math.max(0, delayMicros), order++, owner, owner.start, action));
    }

    /**
     * Runs the action for the task after the fixed time that this kernel waits for answers, unless it is cancelled. Nearly
     * all are: they are kept apart, where one that is cancelled costs nothing and is no event.
     */
    public Timeout timeout(Task owner, Runnable action) {
        Timeout timeout = new Timeout(new Event(now + TIMEOUT_MICROS, order++, owner, owner.start, action));
        timeouts.add(timeout);
        return timeout;
    }

    /** Ends the task and everything it had planned. */
    public void kill(Task task) {
        task.running = false;
        task.paused = false;
        task.start++;
        task.deferred.clear();
        note("kill", task.start);
    }

    public void restart(Task task) {
        task.running = true;
    }

    public void pause(Task task) {
        task.paused = task.running;
    }

    public void resume(Task task) {
        task.paused = false;
        for (Event event : task.deferred) {
            events.add(new Event(now, order++, event.owner, event.start, event.action));
        }
        task.deferred.clear();
    }

    /** Adds to the trace hash; {@code what} should be a constant. */
    public void note(String what, long value) {
        hash = mix(hash ^ what.hashCode()) + mix(value * HASH_PRIME + now);
    }

    /** Adds a line to what is printed when somebody wants to read the history. */
    public void say(String line) {
        if (printing) {
            lines.add(String.format(java.util.Locale.ROOT, "%10.3f ms  %s", now / 1000.0, line));
        }
    }

    /** Runs until the time is reached or nothing is left to happen. */
    public void runUntil(long time) {
        for (Event next = next(time); next != null; next = next(time)) {
            step(next);
        }
        now = Math.max(now, time);
    }

    /** Takes the next event, if it is not later than the time. */
    private @Nullable Event next(long until) {
        Event event = events.peek();
        Event timeout = nextTimeout();
        boolean isTimeout = timeout != null && (event == null || timeout.compareTo(event) < 0);
        Event first = isTimeout ? timeout : event;
        if (first == null || first.time > until) {
            return null;
        }
        if (isTimeout) {
            timeouts.poll();
        } else {
            events.poll();
        }
        return first;
    }

    private @Nullable Event nextTimeout() {
        while (!timeouts.isEmpty()) {
            Event event = timeouts.peek().event;
            if (event != null) {
                return event;
            }
            timeouts.poll();
        }
        return null;
    }

    private void step(Event event) {
        now = event.time;
        Task owner = event.owner;
        if (owner.start != event.start || !owner.running) {
            return;
        }
        if (owner.paused) {
            owner.deferred.add(event);
            return;
        }
        count++;
        hash = hash * 31 + event.time + event.order;
        event.action.run();
        if (afterEach != null) {
            afterEach.run();
        }
    }

    private static long mix(long value) {
        long z = (value + HASH_PRIME) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
