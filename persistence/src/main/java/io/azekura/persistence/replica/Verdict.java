package io.azekura.persistence.replica;

import java.util.List;

/** What a drive does about a request. Replies are the register's own or a {@link Request.Reply}. */
public sealed interface Verdict {
    /** Answer at once; nothing changes. */
    record Answer(Object reply) implements Verdict {}

    /** Make the records durable, in this order and all or none, then answer. */
    record Append(List<ReplicaRecord> records, Object reply) implements Verdict {
        public Append {
            records = List.copyOf(records);
        }
    }

    /** Make a promise bound of this counter durable, tell it to the acceptor, and ask again. */
    record RaiseBound(long counter) implements Verdict {}

    /** Learn the control log up to this version, make that durable, and ask again. */
    record LearnControl(long version) implements Verdict {}
}
