package io.azekura.persistence.drive.crash;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a power cut may leave of the calls that were made so far. Deliberately harsher than the file systems we know:
 *
 * <ul>
 *   <li>what was written to a file since its last sync persists in any order, and in any part by sectors; a file may have
 *       its new length before its new bytes;
 *   <li>names created, renamed and removed in a directory since it was synced persist in any order, also before the bytes
 *       they stand for, and syncing a file does not sync its name.
 * </ul>
 */
final class DiskModel {
    private final Map<Integer, FileNode> files = new HashMap<>();
    private final Map<String, DirectoryNode> directories = new TreeMap<>();

    /** Bytes that are durable, and later changes that are not. */
    private static final class FileNode {
        private byte[] durable;
        private final List<DiskCall.DataChange> pending = new ArrayList<>();
        private DiskImage.@Nullable Content content;

        FileNode(byte[] durable) {
            this.durable = durable;
        }
    }

    /** An entry of a directory: a file, or another directory of the same name. */
    private record Entry(int inode) {
        static final int DIRECTORY = -1;
    }

    private static final class DirectoryNode {
        private final Map<String, Entry> durable = new TreeMap<>();
        private final List<DiskCall.NameChange> pending = new ArrayList<>();
    }

    /** Starts with a disk on which everything is durable; inodes as {@link RecordedDisk} gives them. */
    DiskModel(DiskImage base) {
        directories.put("", new DirectoryNode());
        for (String directory : base.directories()) {
            directories.put(directory, new DirectoryNode());
            enter(directory, Entry.DIRECTORY);
        }
        int inode = 0;
        for (Map.Entry<String, DiskImage.Content> file : base.files().entrySet()) {
            files.put(inode, new FileNode(file.getValue().bytes().clone()));
            DirectoryNode parent = directories.get(DiskCall.parent(file.getKey()));
            if (parent != null) {
                // Files of unrecorded directories come with a snapshot instead.
                parent.durable.put(DiskCall.name(file.getKey()), new Entry(inode));
            }
            inode++;
        }
    }

    private void enter(String path, int inode) {
        directory(DiskCall.parent(path)).durable.put(DiskCall.name(path), new Entry(inode));
    }

    private DirectoryNode directory(String path) {
        DirectoryNode directory = directories.get(path);
        if (directory == null) {
            throw new IllegalStateException("no directory " + path);
        }
        return directory;
    }

    private FileNode file(int inode) {
        FileNode file = files.get(inode);
        if (file == null) {
            throw new IllegalStateException("no file " + inode);
        }
        return file;
    }

    /** The call was made. */
    void apply(DiskCall call) {
        if (call instanceof DiskCall.Create create) {
            files.put(create.inode(), new FileNode(new byte[0]));
        } else if (call instanceof DiskCall.MakeDirectory make) {
            directories.put(make.path(), new DirectoryNode());
        }
        if (call instanceof DiskCall.NameChange change) {
            directory(DiskCall.parent(change.path())).pending.add(change);
        } else if (call instanceof DiskCall.DataChange change) {
            file(change.inode()).pending.add(change);
        } else if (call instanceof DiskCall.SyncFile sync) {
            settle(file(sync.inode()));
        } else if (call instanceof DiskCall.SyncDirectory sync) {
            DirectoryNode directory = directory(sync.path());
            directory.pending.forEach(change -> change(directory.durable, change));
            directory.pending.clear();
        }
    }

    private static void settle(FileNode file) {
        for (DiskCall.DataChange change : file.pending) {
            file.durable = Fate.KEPT.apply(file.durable, change);
            file.content = null;
        }
        file.pending.clear();
    }

    /** Changes that are not durable, in the order in which {@link #image} wants their fates. */
    List<DiskCall.Change> pending() {
        List<DiskCall.Change> pending = new ArrayList<>();
        directories.values().forEach(directory -> pending.addAll(directory.pending));
        files.values().forEach(file -> pending.addAll(file.pending));
        return pending;
    }

    /** What the disk holds when each of the pending changes has the fate of the same place in the list. */
    DiskImage image(List<Fate> fates) {
        int at = 0;
        Map<String, Map<String, Entry>> entries = new HashMap<>();
        for (Map.Entry<String, DirectoryNode> directory : directories.entrySet()) {
            Map<String, Entry> names = directory.getValue().durable;
            if (!directory.getValue().pending.isEmpty()) {
                names = new TreeMap<>(names);
            }
            for (DiskCall.NameChange change : directory.getValue().pending) {
                if (fates.get(at++) != Fate.LOST) {
                    change(names, change);
                }
            }
            entries.put(directory.getKey(), names);
        }
        Map<Integer, DiskImage.Content> contents = new HashMap<>();
        for (Map.Entry<Integer, FileNode> file : files.entrySet()) {
            int count = file.getValue().pending.size();
            contents.put(file.getKey(), content(file.getValue(), fates.subList(at, at + count)));
            at += count;
        }
        DiskImage image = DiskImage.empty();
        collect("", entries, contents, image);
        return image;
    }

    private static DiskImage.Content content(FileNode file, List<Fate> fates) {
        boolean isDurable = fates.stream().allMatch(Fate.LOST::equals);
        if (isDurable) {
            DiskImage.Content known = file.content == null ? DiskImage.Content.of(file.durable) : file.content;
            file.content = known;
            return known;
        }
        byte[] bytes = file.durable.clone();
        for (int i = 0; i < fates.size(); i++) {
            bytes = fates.get(i).apply(bytes, file.pending.get(i));
        }
        return DiskImage.Content.of(bytes);
    }

    private static void collect(
            String path,
            Map<String, Map<String, Entry>> entries,
            Map<Integer, DiskImage.Content> contents,
            DiskImage image) {
        entries.getOrDefault(path, Map.of()).forEach((name, entry) -> {
            String child = path.isEmpty() ? name : path + "/" + name;
            DiskImage.Content content = contents.get(entry.inode());
            if (entry.inode() == Entry.DIRECTORY) {
                image.directories().add(child);
                collect(child, entries, contents, image);
            } else if (content != null) {
                image.files().put(child, content);
            }
        });
    }

    private static void change(Map<String, Entry> names, DiskCall.NameChange change) {
        String name = DiskCall.name(change.path());
        if (change instanceof DiskCall.Create create) {
            names.put(name, new Entry(create.inode()));
        } else if (change instanceof DiskCall.MakeDirectory) {
            names.put(name, new Entry(Entry.DIRECTORY));
        } else if (change instanceof DiskCall.Remove) {
            names.remove(name);
        } else if (change instanceof DiskCall.Rename rename) {
            Entry entry = names.remove(name);
            if (entry != null) {
                names.put(DiskCall.name(rename.to()), entry);
            }
        }
    }

    /** Every directory that was ever made, which is where names may change. */
    SortedSet<String> directories() {
        return new TreeSet<>(directories.keySet());
    }

    static byte[] grown(byte[] bytes, long length) {
        return length <= bytes.length ? bytes : Arrays.copyOf(bytes, Math.toIntExact(length));
    }
}
