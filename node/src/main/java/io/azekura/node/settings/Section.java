package io.azekura.node.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigMemorySize;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValueType;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of one section and refuses wrong values in one voice: origin, key, value, what is allowed. Every key
 * must exist in {@code reference.conf}; a missing one is a bug.
 */
final class Section {
    private static final String HIDDEN = "***";

    private final Config config;
    private final String path;

    private Section(Config config, String path) {
        this.config = config;
        this.path = path;
    }

    static Section root(Config config) {
        return new Section(config, SettingsLoader.ROOT);
    }

    Section section(String name) {
        return new Section(config, path + "." + name);
    }

    String text(String key) throws SettingsException {
        return read(key, "must be a text", Config::getString);
    }

    /** Empty when the text is. */
    Optional<Secret> secret(String key) throws SettingsException {
        String value = text(key);
        return value.isEmpty() ? Optional.empty() : Optional.of(new Secret(value));
    }

    /** Empty when the text is. */
    Optional<Path> path(String key) throws SettingsException {
        String value = text(key);
        try {
            return value.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Path.of(value).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            throw refuse(key, "must be a path (" + e.getReason() + ")");
        }
    }

    ListenAddress address(String key) throws SettingsException {
        Optional<ListenAddress> address = ListenAddress.parse(text(key));
        if (address.isEmpty()) {
            throw refuse(key, "must be " + ListenAddress.ALLOWED);
        }
        return address.get();
    }

    Duration duration(String key, Duration least, Duration most) throws SettingsException {
        String allowed = "must be a duration such as 20s, from " + inSeconds(least) + " to " + inSeconds(most);
        Duration value = read(key, allowed, Config::getDuration);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw refuse(key, allowed);
        }
        return value;
    }

    long bytes(String key, long least, long most) throws SettingsException {
        String allowed = "must be a size such as 64MiB, from " + least + " to " + most + " bytes";
        ConfigMemorySize value = read(key, allowed, Config::getMemorySize);
        if (value.toBytes() < least || value.toBytes() > most) {
            throw refuse(key, allowed);
        }
        return value.toBytes();
    }

    int integer(String key, int least, int most) throws SettingsException {
        String allowed = "must be a whole number from " + least + " to " + most;
        int value = read(key, allowed, Config::getInt);
        if (value < least || value > most) {
            throw refuse(key, allowed);
        }
        return value;
    }

    <E extends Enum<E>> E choice(String key, Class<E> type) throws SettingsException {
        String value = text(key);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(value)) {
                return constant;
            }
        }
        throw refuse(
                key,
                "must be one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ")));
    }

    boolean flag(String key) throws SettingsException {
        return read(key, "must be true or false", Config::getBoolean);
    }

    /**
     * Hands the whole section to the room that it belongs to.
     *
     * @param reader fails by {@link IllegalArgumentException} with a message that names key and what is allowed
     */
    <T> T read(Function<Config, T> reader) throws SettingsException {
        try {
            return reader.apply(config.getConfig(path));
        } catch (ConfigException.WrongType | ConfigException.BadValue e) {
            String reason = String.valueOf(e.getMessage()).replace(e.origin().description() + ": ", "");
            throw new SettingsException(place(e.origin()) + ": " + path + ": " + reason);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(place(config.getValue(path).origin()) + ": " + e.getMessage());
        }
    }

    /** A list of texts, or one text with the items separated by blanks, the form that fits a variable. */
    List<String> texts(String key) throws SettingsException {
        if (config.getValue(path + "." + key).valueType() == ConfigValueType.LIST) {
            return read(key, "must be a list of texts", Config::getStringList);
        }
        List<String> items = new ArrayList<>(Arrays.asList(text(key).trim().split("\\s+")));
        items.removeIf(String::isEmpty);
        return items;
    }

    /** The refusal of this key's value. */
    SettingsException refuse(String key, String allowed) {
        return refuse(key, allowed, shown(key));
    }

    /** The refusal of this key's value without showing it. */
    SettingsException refuseHidden(String key, String allowed) {
        return refuse(key, allowed, HIDDEN);
    }

    private SettingsException refuse(String key, String allowed, @Nullable String shown) {
        ConfigOrigin origin = config.getValue(path + "." + key).origin();
        return new SettingsException(
                place(origin) + ": " + path + "." + key + (shown == null ? "" : " = " + shown) + ": " + allowed);
    }

    /** Where a value was written: file and line, or the name of a variable or option. */
    static String place(ConfigOrigin origin) {
        String file = origin.filename();
        return file == null ? origin.description() : file + ":" + origin.lineNumber();
    }

    private @Nullable String shown(String key) {
        return isSecret(key)
                ? HIDDEN
                : String.valueOf(config.getValue(path + "." + key).unwrapped());
    }

    private static boolean isSecret(String key) {
        return key.contains("password") || key.contains("token");
    }

    private <T> T read(String key, String allowed, Getter<T> getter) throws SettingsException {
        try {
            return getter.get(config, path + "." + key);
        } catch (ConfigException.WrongType | ConfigException.BadValue e) {
            throw refuse(key, allowed);
        }
    }

    private static String inSeconds(Duration duration) {
        return duration.toSeconds() + "s";
    }

    private interface Getter<T> {
        T get(Config config, String path);
    }
}
