package io.azekura.node.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.azekura.node.settings.Settings.RootSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where the root credentials come from: the settings, or else a file in the state directory that the first start writes
 * and later ones read. There is no default secret.
 *
 * <pre>
 * file → comment*, "AZEKURA_ROOT_USER=" user, "AZEKURA_ROOT_PASSWORD=" password      (a line each, UTF-8)
 * </pre>
 *
 * A shell can source the file. It is refused when anybody but its owner could read it, or when it belongs to somebody
 * else than this process, and never rewritten.
 */
public final class RootCredentialsStore {
    static final String FILE_NAME = "root-credentials";

    private static final String USER_LINE = "AZEKURA_ROOT_USER=";
    private static final String PASSWORD_LINE = "AZEKURA_ROOT_PASSWORD=";
    private static final String COMMENT =
            "# Root credentials of this Azekura node, made at its first start. Keep them secret.";

    private static final Pattern USER = Pattern.compile("[A-Za-z0-9._@+-]{3,128}");
    private static final Pattern PASSWORD = Pattern.compile("[!-~]{16,128}");
    private static final String USER_ALLOWED = "must be 3 to 128 letters, digits and . _ - + @ signs";
    private static final String PASSWORD_ALLOWED = "must be 16 to 128 printable ASCII characters without blanks";

    private static final String GENERATED_USER = "azekura";
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    /** 62^40 is more than 2^238: beyond any guessing. */
    private static final int GENERATED_LENGTH = 40;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private RootCredentialsStore() {}

    /**
     * The given credentials, or the kept ones, or new ones which are then kept.
     *
     * @throws SettingsException if given ones are incomplete or unfit, or the file is open to others or damaged
     */
    public static RootCredentials load(RootSettings given, Path stateDirectory) throws SettingsException, IOException {
        Optional<String> user = first(given.user(), given.userFile());
        Optional<String> password = first(given.password(), given.passwordFile());
        if (user.isPresent() != password.isPresent()) {
            throw new SettingsException("only one of azekura.root.user (AZEKURA_ROOT_USER) and azekura.root.password"
                    + " (AZEKURA_ROOT_PASSWORD) is set; set both, or neither to have them generated");
        }
        if (user.isPresent()) {
            require(USER, user.get(), "azekura.root.user (AZEKURA_ROOT_USER): " + USER_ALLOWED);
            require(
                    PASSWORD,
                    password.orElseThrow(),
                    "azekura.root.password (AZEKURA_ROOT_PASSWORD): " + PASSWORD_ALLOWED);
            return new RootCredentials(user.get(), new Secret(password.orElseThrow()), Optional.empty(), false);
        }
        Path file = stateDirectory.resolve(FILE_NAME);
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? read(file) : generate(file);
    }

    /**
     * The state directory to use.
     *
     * @param environment asked for {@code XDG_STATE_HOME} and {@code HOME} when the setting is empty
     */
    public static Path stateDirectory(Settings settings, Map<String, String> environment) throws SettingsException {
        Path directory = settings.stateDirectory().orElse(null);
        if (directory == null) {
            String state = environment.getOrDefault("XDG_STATE_HOME", "");
            String home = environment.getOrDefault("HOME", "");
            if (state.isEmpty() && home.isEmpty()) {
                throw new SettingsException("azekura.state-directory (AZEKURA_STATE_DIRECTORY) is empty and there is no"
                        + " HOME to take its default from; set it");
            }
            Path base = state.isEmpty() ? Path.of(home, ".local", "state") : Path.of(state);
            directory = base.resolve("azekura").toAbsolutePath().normalize();
        }
        for (Path drive : settings.drives()) {
            if (directory.startsWith(drive)) {
                throw new SettingsException("azekura.state-directory " + directory + " lies in drive directory " + drive
                        + "; it must be outside of all drives");
            }
        }
        return directory;
    }

    private static Optional<String> first(Optional<Secret> direct, Optional<Path> file) throws SettingsException {
        if (direct.isPresent() || file.isEmpty()) {
            return direct.map(Secret::reveal);
        }
        List<String> lines = lines(file.get());
        if (lines.isEmpty()) {
            throw new SettingsException(file.get() + ": the file is empty; its first line must be the credential");
        }
        return Optional.of(lines.get(0).strip());
    }

    private static RootCredentials read(Path file) throws SettingsException, IOException {
        requirePrivate(file);
        Optional<String> user = Optional.empty();
        Optional<String> password = Optional.empty();
        for (String line : lines(file)) {
            if (line.startsWith(USER_LINE)) {
                user = Optional.of(line.substring(USER_LINE.length()));
            } else if (line.startsWith(PASSWORD_LINE)) {
                password = Optional.of(line.substring(PASSWORD_LINE.length()));
            }
        }
        String remedy = "; repair the file, or move it away to have new credentials generated";
        if (user.isEmpty() || password.isEmpty()) {
            throw new SettingsException(file + ": lacks " + USER_LINE + " or " + PASSWORD_LINE + remedy);
        }
        require(USER, user.get(), file + ": the user " + USER_ALLOWED + remedy);
        require(PASSWORD, password.get(), file + ": the password " + PASSWORD_ALLOWED + remedy);
        return new RootCredentials(user.get(), new Secret(password.get()), Optional.of(file), false);
    }

    private static void requirePrivate(Path file) throws SettingsException, IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new SettingsException(file + ": must be a regular file");
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (!OWNER_ONLY.containsAll(permissions)) {
            throw new SettingsException(file + ": has mode " + PosixFilePermissions.toString(permissions)
                    + ", so others may read the root password; run chmod 600 " + file
                    + ", and change the password if they did");
        }
    }

    private static RootCredentials generate(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException("no parent directory of " + file);
        }
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY_DIRECTORY));
        String password = password(new SecureRandom());
        String content = String.join("\n", COMMENT, USER_LINE + GENERATED_USER, PASSWORD_LINE + password, "");
        Path staged = Files.createTempFile(directory, FILE_NAME, ".new", ownerOnly());
        try {
            write(staged, content);
            Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(staged);
        }
        sync(directory);
        return new RootCredentials(GENERATED_USER, new Secret(password), Optional.of(file), true);
    }

    private static FileAttribute<?> ownerOnly() {
        return PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    }

    private static void write(Path file, String content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, EnumSet.of(StandardOpenOption.WRITE))) {
            ByteBuffer bytes = UTF_8.encode(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Makes the new name durable: clients may be told the credentials before the next crash. */
    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static String password(SecureRandom random) {
        StringBuilder password = new StringBuilder(GENERATED_LENGTH);
        for (int i = 0; i < GENERATED_LENGTH; i++) {
            password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return password.toString();
    }

    private static List<String> lines(Path file) throws SettingsException {
        try {
            return Files.readAllLines(file, UTF_8);
        } catch (CharacterCodingException e) {
            throw new SettingsException(file + ": is not UTF-8 text");
        } catch (IOException e) {
            throw new SettingsException(file + ": cannot be read: " + e.getMessage());
        }
    }

    private static void require(Pattern form, String value, String message) throws SettingsException {
        if (!form.matcher(value).matches()) {
            throw new SettingsException(message);
        }
    }
}
