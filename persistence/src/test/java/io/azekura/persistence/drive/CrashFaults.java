package io.azekura.persistence.drive;

import io.azekura.persistence.drive.crash.DiskCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/** Faults of a drive, planted into what was recorded of a sound one: the calls are those that the faulty one would make. */
enum CrashFaults implements UnaryOperator<List<DiskCall>> {
    /** A row is acknowledged before its batch was synced. */
    LOG_NOT_SYNCED("rows") {
        @Override
        public List<DiskCall> apply(List<DiskCall> calls) {
            return without(calls, (call, path) -> call instanceof DiskCall.SyncFile && path.endsWith(".log"));
        }
    },
    /** A shard file is called durable when only its name is. */
    SHARD_NOT_SYNCED("shard files") {
        @Override
        public List<DiskCall> apply(List<DiskCall> calls) {
            return without(calls, (call, path) -> call instanceof DiskCall.SyncFile && path.startsWith("shards/"));
        }
    },
    /** A shard file is called durable when its name is not. */
    SHARD_DIRECTORY_NOT_SYNCED("shard files") {
        @Override
        public List<DiskCall> apply(List<DiskCall> calls) {
            return without(calls, (call, path) -> call instanceof DiskCall.SyncDirectory && path.startsWith("shards/"));
        }
    },
    /** A segment is used before its name is durable. */
    LOG_DIRECTORY_NOT_SYNCED("full segments") {
        @Override
        public List<DiskCall> apply(List<DiskCall> calls) {
            return without(calls, (call, path) -> call instanceof DiskCall.SyncDirectory && path.equals("log"));
        }
    },
    /** A superblock takes its place before its bytes are durable. */
    SUPERBLOCK_NOT_SYNCED("mounting") {
        @Override
        public List<DiskCall> apply(List<DiskCall> calls) {
            return without(
                    calls, (call, path) -> call instanceof DiskCall.SyncFile && path.startsWith("azekura.drive"));
        }
    },
    /** A superblock takes its place, but not for good. */
    SUPERBLOCK_NAME_NOT_SYNCED("mounting") {
        @Override
        public List<DiskCall> apply(List<DiskCall> calls) {
            return without(calls, (call, path) -> call instanceof DiskCall.SyncDirectory && path.isEmpty());
        }
    },
    /** A row appears that nobody asked for: operations are noted as submitted only when all is over. */
    INVENTED("rows") {
        @Override
        public List<DiskCall> apply(List<DiskCall> calls) {
            Set<DiskCall> late = new HashSet<>();
            List<DiskCall> faulty = new ArrayList<>();
            for (DiskCall call : calls) {
                if (call instanceof DiskCall.Submitted || call instanceof DiskCall.Acknowledged) {
                    late.add(call);
                } else {
                    faulty.add(call);
                }
            }
            faulty.addAll(late);
            return faulty;
        }
    };

    private final String protocol;

    CrashFaults(String protocol) {
        this.protocol = protocol;
    }

    /** A protocol that shows the fault. */
    CrashProtocol protocol() {
        return CrashProtocol.ALL.stream()
                .filter(one -> one.name().equals(protocol))
                .findFirst()
                .orElseThrow();
    }

    /** The calls without those that the predicate recognises by themselves and the path they are about. */
    private static List<DiskCall> without(List<DiskCall> calls, BiPredicate<DiskCall, String> isForgotten) {
        Map<Integer, String> paths = new HashMap<>();
        List<DiskCall> faulty = new ArrayList<>();
        for (DiskCall call : calls) {
            note(call, paths);
            String path = "";
            if (call instanceof DiskCall.SyncFile sync) {
                path = paths.getOrDefault(sync.inode(), "");
            } else if (call instanceof DiskCall.SyncDirectory sync) {
                path = sync.path();
            }
            if (!isForgotten.test(call, path)) {
                faulty.add(call);
            }
        }
        return faulty;
    }

    private static void note(DiskCall call, Map<Integer, String> paths) {
        if (call instanceof DiskCall.Create create) {
            paths.put(create.inode(), create.path());
        } else if (call instanceof DiskCall.Rename rename) {
            paths.replaceAll((inode, path) -> path.equals(rename.path()) ? rename.to() : path);
        }
    }
}
