package io.azekura.persistence.drive;

import io.azekura.persistence.NoSpaceException;
import io.azekura.persistence.log.LogEntry;
import io.azekura.persistence.shard.InlineShard;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A record on its way to the log and the index, and what is to be done at its end. */
final class PendingRecord implements LogEntry {
    private final LogRecord logged;
    private final Outcome outcome;
    private final byte[] head;
    private final int length;

    /** The bytes of the shard that is staged, else null. */
    private final @Nullable ByteBuffer shard;

    /** The blocks of the shard that is carried, else null. */
    private final @Nullable ByteBuffer blocks;

    /** Exactly one of the three is called, once, on the log's applying thread. */
    interface Outcome {
        /** Nobody waits for it. */
        Outcome IGNORED = new Outcome() {
            @Override
            public void applied() {}

            @Override
            public void failed(IOException cause) {}
        };

        /** The record is durable, and visible in the index. */
        void applied();

        /** Whether the record is durable is unknown; the drive is faulty. */
        void failed(IOException cause);

        /** The log is full: the record was not written and will not appear. The drive goes on. */
        default void refused(NoSpaceException cause) {
            failed(cause);
        }
    }

    PendingRecord(LogRecord logged, Outcome outcome) {
        this.logged = logged;
        this.outcome = outcome;
        this.head = LogRecordFormat.encode(logged);
        this.length = head.length;
        this.shard = null;
        this.blocks = null;
    }

    /** A carried shard with its blocks, of which it takes a copy. */
    PendingRecord(LogRecord.Carry carry, ByteBuffer blocks, Outcome outcome) {
        this.logged = carry;
        this.outcome = outcome;
        this.head = LogRecordFormat.encode(carry);
        this.length = head.length + blocks.remaining();
        this.shard = null;
        this.blocks =
                ByteBuffer.allocate(blocks.remaining()).put(blocks.duplicate()).flip();
    }

    /** A staged shard, whose bytes must not change before the outcome. */
    PendingRecord(LogRecord.Stage stage, ByteBuffer shard, Outcome outcome) {
        this.logged = stage;
        this.outcome = outcome;
        this.head = LogRecordFormat.encode(stage);
        this.length = head.length + InlineShard.encodedLength(shard.remaining());
        this.shard = shard.duplicate();
        this.blocks = null;
    }

    LogRecord logged() {
        return logged;
    }

    Outcome outcome() {
        return outcome;
    }

    @Override
    public byte type() {
        return LogRecordFormat.type(logged);
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        target.put(head);
        if (shard != null && logged instanceof LogRecord.Stage stage) {
            InlineShard.encode(stage.id(), stage.shard(), shard, target);
        } else if (blocks != null) {
            target.put(blocks.duplicate());
        }
    }
}
