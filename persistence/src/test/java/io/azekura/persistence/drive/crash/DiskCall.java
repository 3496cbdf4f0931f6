package io.azekura.persistence.drive.crash;

import java.util.SortedMap;

/** One entry of what a run did to a recorded disk. Paths are relative to its root, with {@code /} between names. */
public sealed interface DiskCall {
    /** A change that is lost in a power cut, wholly or in part, unless a sync follows it. */
    sealed interface Change extends DiskCall {}

    /** A change of one file's bytes. */
    sealed interface DataChange extends Change {
        int inode();
    }

    /** A change of the names in one directory. */
    sealed interface NameChange extends Change {
        String path();
    }

    record Write(int inode, long offset, byte[] bytes) implements DataChange {}

    record Truncate(int inode, long bytes) implements DataChange {}

    record Create(String path, int inode) implements NameChange {}

    record MakeDirectory(String path) implements NameChange {}

    record Remove(String path) implements NameChange {}

    /** A rename within one directory: after a crash the file has the one name or the other. */
    record Rename(String path, String to) implements NameChange {}

    record SyncFile(int inode) implements DiskCall {}

    record SyncDirectory(String path) implements DiskCall {}

    /** The caller began an operation: from now on its effects may be there after a crash. */
    record Submitted(int operation) implements DiskCall {}

    /** The caller was told that an operation succeeded: from now on its effects must be there after a crash. */
    record Acknowledged(int operation) implements DiskCall {}

    /** What unrecorded files hold now; after a later crash they may be found like this. */
    record Snapshot(SortedMap<String, byte[]> files) implements DiskCall {}

    /** The directory part of a path, empty for the root. */
    static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** The last name of a path. */
    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
