package io.azekura.persistence.simulation.history;

import io.azekura.persistence.simulation.history.Result.Done;
import io.azekura.persistence.simulation.history.Result.Missing;
import io.azekura.persistence.simulation.history.Result.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A store that does one thing after the other: what it answers is right by construction. */
final class ReferenceStore {

    /** A value and its bytes. */
    record Content(String value, String content) {}

    private static final class Upload {
        final Map<Integer, String> parts = new TreeMap<>();

        @Nullable
        String completed;

        boolean aborted;
    }

    private static final class Journal {
        final TreeMap<Long, String> events = new TreeMap<>();
        long highestSeq;
    }

    private final Map<String, TreeMap<String, Content>> buckets = new HashMap<>();
    private final Map<String, List<Result.Version>> versions = new HashMap<>();
    private final Map<String, Upload> uploads = new HashMap<>();
    private final Map<String, Journal> journals = new HashMap<>();
    private long versionCount;

    /** What is at a key; null if there is nothing. */
    @Nullable
    Content at(String bucket, String key) {
        TreeMap<String, Content> content = buckets.get(bucket);
        return content == null ? null : content.get(key);
    }

    long highestSeq(String pid) {
        return journals.computeIfAbsent(pid, ignored -> new Journal()).highestSeq;
    }

    List<Result.Version> versions(String bucket, String key) {
        return versions.computeIfAbsent(bucket + "/" + key, ignored -> new ArrayList<>());
    }

    List<Call.NamedPart> parts(String upload) {
        List<Call.NamedPart> parts = new ArrayList<>();
        uploads.computeIfAbsent(upload, ignored -> new Upload())
                .parts
                .forEach((number, value) -> parts.add(new Call.NamedPart(number, value)));
        return parts;
    }

    /** The answer; empty where the call definitely fails and tells nothing of the state. */
    Optional<Result> apply(Call call) {
        if (call instanceof Call.BucketCreate create) {
            return buckets.putIfAbsent(create.bucket(), new TreeMap<>()) == null
                    ? Optional.of(Done.DONE)
                    : Optional.empty();
        }
        if (call instanceof Call.BucketDelete delete) {
            return Optional.of(deleteBucket(delete.bucket()));
        }
        if (call instanceof Call.OnJournal onJournal) {
            return onJournal(onJournal);
        }
        if (call instanceof Call.ListKeys list) {
            return Optional.of(buckets.containsKey(list.bucket()) ? Done.DONE : Refusal.NO_SUCH_BUCKET);
        }
        Call.OnKey onKey = (Call.OnKey) call;
        TreeMap<String, Content> bucket = buckets.get(onKey.bucket());
        if (bucket == null) {
            return Optional.of(Refusal.NO_SUCH_BUCKET);
        }
        return Optional.of(
                call.getClass().getSimpleName().startsWith("Version")
                        ? onVersions(onKey)
                        : call.getClass().getSimpleName().startsWith("Upload")
                                ? onUpload(bucket, onKey)
                                : onObject(bucket, onKey));
    }

    private Result deleteBucket(String name) {
        TreeMap<String, Content> bucket = buckets.get(name);
        if (bucket == null) {
            return Refusal.NO_SUCH_BUCKET;
        }
        if (!bucket.isEmpty()) {
            return Refusal.BUCKET_NOT_EMPTY;
        }
        buckets.remove(name);
        return Done.DONE;
    }

    private Result onObject(Map<String, Content> bucket, Call.OnKey call) {
        Content current = bucket.get(call.key());
        if (call instanceof Call.Get || call instanceof Call.Head) {
            List<Result.Version> ofKey = versions(call.bucket(), call.key());
            if (!ofKey.isEmpty()) {
                String value = ofKey.get(0).value();
                return value == null ? Missing.MISSING : new Result.Found(value, null);
            }
            return current == null
                    ? Missing.MISSING
                    : new Result.Found(current.value(), call instanceof Call.Get ? current.content() : null);
        }
        if (call instanceof Call.Delete) {
            bucket.remove(call.key());
            return Done.DONE;
        }
        if (call instanceof Call.Copy copy) {
            Content source = at(copy.sourceBucket(), copy.sourceKey());
            if (source == null) {
                return Refusal.NO_SUCH_KEY;
            }
            bucket.put(copy.key(), new Content(copy.value(), source.content()));
            return new Result.Copied(source.content());
        }
        boolean refused = (call instanceof Call.PutIfAbsent && current != null)
                || (call instanceof Call.PutIfMatch put
                        && (current == null || !current.value().equals(put.expected())));
        if (refused) {
            return Refusal.PRECONDITION_FAILED;
        }
        String value = String.valueOf(Contents.written(call));
        bucket.put(call.key(), new Content(value, value));
        return Done.DONE;
    }

    private Result onVersions(Call.OnKey call) {
        List<Result.Version> ofKey = versions(call.bucket(), call.key());
        if (call instanceof Call.VersionPut put) {
            return store(ofKey, put.value());
        }
        if (call instanceof Call.VersionMark) {
            return store(ofKey, null);
        }
        if (call instanceof Call.VersionDelete delete) {
            ofKey.removeIf(version -> version.versionId().equals(delete.versionId()));
            return Done.DONE;
        }
        if (call instanceof Call.VersionGet get) {
            return ofKey.stream()
                    .filter(version -> version.versionId().equals(get.versionId()))
                    .findFirst()
                    .<Result>map(version -> new Result.Found(String.valueOf(version.value()), null))
                    .orElse(Missing.MISSING);
        }
        return new Result.Versions(ofKey, ofKey.size());
    }

    private Result store(List<Result.Version> ofKey, @Nullable String value) {
        versionCount++;
        ofKey.add(0, new Result.Version("id" + versionCount, versionCount, value));
        return new Result.Stored("id" + versionCount);
    }

    private Result onUpload(Map<String, Content> bucket, Call.OnKey call) {
        if (call instanceof Call.UploadBegin begin) {
            uploads.computeIfAbsent(begin.upload(), ignored -> new Upload());
            return Done.DONE;
        }
        if (call instanceof Call.UploadPart part) {
            uploads.computeIfAbsent(part.upload(), ignored -> new Upload())
                    .parts
                    .put(part.number(), part.value());
            return Done.DONE;
        }
        if (call instanceof Call.UploadAbort abort) {
            Upload upload = uploads.computeIfAbsent(abort.upload(), ignored -> new Upload());
            if (upload.completed != null) {
                return Refusal.NO_SUCH_UPLOAD;
            }
            upload.aborted = true;
            return Done.DONE;
        }
        Call.UploadComplete complete = (Call.UploadComplete) call;
        Upload upload = uploads.computeIfAbsent(complete.upload(), ignored -> new Upload());
        if (upload.aborted) {
            return Refusal.NO_SUCH_UPLOAD;
        }
        if (upload.completed == null) {
            upload.completed = complete.composite();
            bucket.put(complete.key(), new Content(complete.composite(), complete.composite()));
        }
        return new Result.Completed(upload.completed);
    }

    private Optional<Result> onJournal(Call.OnJournal call) {
        Journal journal = journals.computeIfAbsent(call.pid(), ignored -> new Journal());
        if (call instanceof Call.JournalAppend append) {
            if (append.firstSeq() != journal.highestSeq + 1) {
                return Optional.empty();
            }
            append.events().forEach(event -> journal.events.put(++journal.highestSeq, event));
            return Optional.of(Done.DONE);
        }
        if (call instanceof Call.JournalDelete delete) {
            journal.events.headMap(delete.toSeq(), true).clear();
            return Optional.of(Done.DONE);
        }
        if (call instanceof Call.JournalHighest) {
            return Optional.of(new Result.Highest(journal.highestSeq));
        }
        List<Result.Event> events = new ArrayList<>();
        journal.events.forEach((seq, event) -> events.add(new Result.Event(seq, event)));
        return Optional.of(new Result.Replayed(events, journal.highestSeq));
    }
}
