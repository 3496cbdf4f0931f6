package io.azekura.persistence.drive.crash;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/** The path of a real file, of a file system that records. {@link #toFile} leads past the recording. */
final class RecordedPath implements Path {
    private final RecordedFileSystem system;
    private final Path real;

    RecordedPath(RecordedFileSystem system, Path real) {
        this.system = system;
        this.real = real;
    }

    static Path real(Path path) {
        return path instanceof RecordedPath recorded ? recorded.real : path;
    }

    private Path recorded(Path path) {
        return new RecordedPath(system, path);
    }

    private @Nullable Path recordedOrNull(@Nullable Path path) {
        return path == null ? null : recorded(path);
    }

    @Override
    public FileSystem getFileSystem() {
        return system;
    }

    @Override
    public boolean isAbsolute() {
        return real.isAbsolute();
    }

    @Override
    public @Nullable Path getRoot() {
        return recordedOrNull(real.getRoot());
    }

    @Override
    public @Nullable Path getFileName() {
        return recordedOrNull(real.getFileName());
    }

    @Override
    public @Nullable Path getParent() {
        return recordedOrNull(real.getParent());
    }

    @Override
    public int getNameCount() {
        return real.getNameCount();
    }

    @Override
    public Path getName(int index) {
        return recorded(real.getName(index));
    }

    @Override
    public Path subpath(int from, int to) {
        return recorded(real.subpath(from, to));
    }

    @Override
    public boolean startsWith(Path other) {
        return real.startsWith(real(other));
    }

    @Override
    public boolean endsWith(Path other) {
        return real.endsWith(real(other));
    }

    @Override
    public Path normalize() {
        return recorded(real.normalize());
    }

    @Override
    public Path resolve(Path other) {
        return recorded(real.resolve(real(other)));
    }

    @Override
    public Path resolve(String other) {
        return recorded(real.resolve(other));
    }

    @Override
    public Path relativize(Path other) {
        return recorded(real.relativize(real(other)));
    }

    @Override
    public URI toUri() {
        return real.toUri();
    }

    @Override
    public Path toAbsolutePath() {
        return recorded(real.toAbsolutePath());
    }

    @Override
    public Path toRealPath(LinkOption... options) throws IOException {
        return recorded(real.toRealPath(options));
    }

    @Override
    public File toFile() {
        return real.toFile();
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
            throws IOException {
        return real.register(watcher, events, modifiers);
    }

    @Override
    public int compareTo(Path other) {
        return real.compareTo(real(other));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordedPath recorded && recorded.real.equals(real);
    }

    @Override
    public int hashCode() {
        return real.hashCode();
    }

    @Override
    public String toString() {
        return real.toString();
    }
}
