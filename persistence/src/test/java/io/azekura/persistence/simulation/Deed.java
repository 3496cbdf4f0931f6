package io.azekura.persistence.simulation;

/** One thing that a client does, decided before the history begins, so that a failing history can be made shorter. */
record Deed(long atMicros, int client, Kind kind, int key, long argument) {
    enum Kind {
        PUT,
        PUT_LARGE,
        PUT_IF_ABSENT,
        PUT_IF_MATCH,
        GET,
        HEAD,
        DELETE,
        COPY,
        LIST,
        VERSION_PUT,
        VERSION_MARK,
        VERSION_DELETE,
        VERSION_GET,
        VERSION_LIST,
        UPLOAD_BEGIN,
        UPLOAD_PART,
        UPLOAD_COMPLETE,
        UPLOAD_ABORT,
        JOURNAL_APPEND,
        JOURNAL_REPLAY,
        JOURNAL_DELETE,
        BUCKET_CREATE,
        BUCKET_DELETE,
        BUCKET_RECONFIGURE,
        BUCKET_PUT,
        BUCKET_REMOVE,
        BUCKET_LIST
    }
}
