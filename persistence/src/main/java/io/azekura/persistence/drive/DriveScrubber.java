package io.azekura.persistence.drive;

import io.azekura.persistence.file.AlignedBufferPool;
import io.azekura.persistence.file.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scrubs a drive in use, pass after pass, on a thread of its own that costs nobody else much: at a set rate, past the
 * page cache. Each damaged place is logged once. Where it is is kept on the drive, so that a
 * restart does not begin anew. Any thread may pause and close it.
 */
public final class DriveScrubber implements AutoCloseable {
    static final String FILE = "scrub";

    private static final Logger LOG = LoggerFactory.getLogger(DriveScrubber.class);

    /** A quarter of a minute at the default rate: what a crash may have to be read again. */
    private static final long BYTES_PER_NOTE = 256L << 20;

    /** Looks this often whether a pass is due, as clocks may be set. */
    private static final long REST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final long CLOSE_WAIT_SECONDS = 10;

    private final ScrubTarget target;
    private final ScrubSettings settings;
    private final AlignedBufferPool pool;
    private final LongSupplier nowMicros;
    private final ScrubThrottle throttle;
    private final Path file;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<Damage> logged = new ArrayList<>();

    private volatile ScrubPosition position;
    private volatile ScrubFindings findings;
    private volatile ScrubReport lastPass = new ScrubReport(0, 0, 0, 0, List.of(), 0);
    private final AtomicLong earlierBytes = new AtomicLong();
    private final AtomicLong earlierDamages = new AtomicLong();
    private long bytesAtNote;

    DriveScrubber(ScrubTarget target, ScrubSettings settings, AlignedBufferPool pool, LongSupplier nowMicros) {
        this.target = target;
        this.settings = settings;
        this.pool = pool;
        this.nowMicros = nowMicros;
        this.throttle = new ScrubThrottle(Math.max(1, settings.bytesPerSecond()));
        this.file = target.directory().resolve(FILE);
        this.position = kept();
        this.findings = new ScrubFindings(this::logOnce);
        this.thread = new Thread(this::scrub, "scrub-" + target.directory().getFileName());
        thread.setDaemon(true);
    }

    private ScrubPosition kept() {
        try {
            return ScrubPositionFormat.decode(Files.readAllBytes(file), file.toString());
        } catch (NoSuchFileException never) {
            return ScrubPosition.START;
        } catch (IOException | IllegalArgumentException e) {
            LOG.info("The scrub of {} begins anew, as its position cannot be read", target.directory(), e);
            return ScrubPosition.START;
        }
    }

    void start() {
        if (!settings.isOff()) {
            thread.start();
        }
    }

    private void scrub() {
        try {
            while (true) {
                awaitDue();
                long begun = System.nanoTime();
                new Scrub(target, pool, throttle, findings, position, this::moved).finishPass();
                finished(System.nanoTime() - begun);
            }
        } catch (ScrubStoppedException stopped) {
            note();
        } catch (IOException | RuntimeException e) {
            // The drive's own answers will say what is wrong with it; the next mounting scrubs again.
            LOG.warn("The scrub of {} has ended", target.directory(), e);
        } finally {
            ended.countDown();
        }
    }

    private void awaitDue() throws ScrubStoppedException {
        if (position.phase() != ScrubPosition.Phase.RESTING) {
            return;
        }
        long pauseMicros = TimeUnit.NANOSECONDS.toMicros(settings.pause().toNanos());
        while (isResting(position.finishedMicros(), nowMicros.getAsLong(), pauseMicros)) {
            throttle.rest(REST_NANOS);
        }
        position = position.at(ScrubPosition.Phase.SUPERBLOCK);
    }

    /** Whether the next pass is not due yet. A clock that was set back does not put it off for ever. */
    static boolean isResting(long finishedMicros, long nowMicros, long pauseMicros) {
        return finishedMicros <= nowMicros && nowMicros - finishedMicros < pauseMicros;
    }

    private void moved(ScrubPosition to) {
        position = to;
        if (findings.bytes() - bytesAtNote >= BYTES_PER_NOTE) {
            note();
        }
    }

    private void finished(long nanos) {
        ScrubReport report = findings.report();
        LOG.info(
                "Scrubbed drive {}: {} bytes, {} log records, {} keys and {} shard files in {} s, {} damages",
                target.directory(),
                report.bytes(),
                report.records(),
                report.slots(),
                report.files(),
                TimeUnit.NANOSECONDS.toSeconds(nanos),
                report.damageCount());
        lastPass = report;
        earlierBytes.addAndGet(report.bytes());
        earlierDamages.addAndGet(report.damageCount());
        findings = new ScrubFindings(this::logOnce);
        position = position.finished(Math.max(0, nowMicros.getAsLong()));
        note();
    }

    /** Keeps the position. Losing it costs a pass from its beginning and nothing else. */
    private void note() {
        bytesAtNote = findings.bytes();
        try {
            DurableFiles.replace(file, ScrubPositionFormat.encode(position));
        } catch (IOException e) {
            LOG.debug("Cannot keep the position of the scrub of {}", target.directory(), e);
        }
    }

    private void logOnce(Damage damage) {
        if (logged.stream().anyMatch(damage::isSamePlace)) {
            return;
        }
        if (logged.size() < ScrubFindings.DAMAGES_MAX) {
            logged.add(damage);
            LOG.warn("Drive {} is damaged: {}", target.directory(), damage);
        }
    }

    /** Holds the scrub, or lets it go on. */
    public void pause(boolean pause) {
        throttle.pause(pause);
    }

    public ScrubStatus status() {
        ScrubPosition now = position;
        ScrubFindings present = findings;
        return new ScrubStatus(
                now.phase().toString(),
                throttle.isPaused(),
                earlierBytes.get() + present.bytes(),
                now.passesDone(),
                now.finishedMicros(),
                earlierDamages.get() + present.damageCount());
    }

    /** What the present pass has found so far. */
    public ScrubReport present() {
        return findings.report();
    }

    /** What the last pass that was finished since the start found. */
    public ScrubReport lastPass() {
        return lastPass;
    }

    /**
     * Ends the scrub, which keeps where it was. To be called before the drive is closed. Does not wait for a disk that
     * hangs: what is still reading then fails when the drive is closed.
     */
    @Override
    public void close() {
        throttle.stop();
        try {
            if (!settings.isOff() && !ended.await(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("Drive {} is closed while its scrub waits for the disk", target.directory());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
