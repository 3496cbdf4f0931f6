package io.azekura.node.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Stacks what the node is told: command line over environment over file over {@code reference.conf}.
 *
 * <p>Every key has a variable, named by its path in capitals with {@code _} for {@code .} and {@code -}. The
 * {@code ${?…}} lines of {@code reference.conf} show the names; they alone would let the file win over the
 * environment, so the variables are laid over the file once more.
 */
public final class SettingsLoader {
    static final String ROOT = "azekura";
    static final String PREFIX = "AZEKURA_";
    static final String FILE_VARIABLE = "AZEKURA_CONFIG";

    /** Read by the launcher, or set by it, before any setting is; no keys of ours. */
    private static final Set<String> LAUNCHER_VARIABLES =
            Set.of(FILE_VARIABLE, "AZEKURA_JAVA", "AZEKURA_JAVA_OPTS", "AZEKURA_HOME");

    /** What Azekura asks of Akka; below the user's file, above Akka's own defaults. */
    private static final String AKKA_RESOURCE = "azekura-akka.conf";

    private final Map<String, String> environment;
    private final Config defaults;
    private final ConfigObject known;

    /** @param environment the variables of the process; only those that begin with {@code AZEKURA_} are used */
    public SettingsLoader(Map<String, String> environment) {
        this.environment = environment;
        this.defaults = resource(AKKA_RESOURCE).withFallback(resource("reference.conf"));
        this.known = defaults.resolve(ConfigResolveOptions.noSystem()).getObject(ROOT);
    }

    private static Config resource(String name) {
        return ConfigFactory.parseResources(
                SettingsLoader.class.getClassLoader(),
                name,
                ConfigParseOptions.defaults().setAllowMissing(false));
    }

    /**
     * Reads and checks everything.
     *
     * @param options values given on the command line, by full key; the option's own name comes with each
     * @param file the file named on the command line, if any; else {@code AZEKURA_CONFIG} may name one
     */
    public Settings load(Map<String, Option> options, @Nullable Path file) throws SettingsException {
        Path chosen = file;
        if (chosen == null && environment.containsKey(FILE_VARIABLE)) {
            chosen = Path.of(environment.get(FILE_VARIABLE));
        }
        Config fromFile = chosen == null ? ConfigFactory.empty() : read(chosen);
        Config stacked = fromOptions(options)
                .withFallback(fromEnvironment())
                .withFallback(fromFile)
                .withFallback(defaults)
                .resolve(ConfigResolveOptions.noSystem());
        return Settings.read(stacked, unknownVariables());
    }

    /** One value of the command line, and the name of the option that gave it. */
    public record Option(String name, Object value) {}

    /** The variable that sets a key. */
    static String variable(String key) {
        return key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The full names of all keys. */
    Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        collect(ROOT, known, keys);
        return keys;
    }

    private static void collect(String path, ConfigObject object, Set<String> keys) {
        object.forEach((name, value) -> {
            if (value instanceof ConfigObject inner) {
                collect(path + "." + name, inner, keys);
            } else {
                keys.add(path + "." + name);
            }
        });
    }

    private Config read(Path file) throws SettingsException {
        try {
            Config config = ConfigFactory.parseFile(
                            file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
                    .resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true));
            ConfigValue ours = config.root().get(ROOT);
            if (ours != null) {
                refuseUnknown(ROOT, ours, known);
            }
            return config;
        } catch (ConfigException.IO e) {
            boolean missing = e.getCause() instanceof FileNotFoundException;
            throw new SettingsException(
                    file + ": the configuration file " + (missing ? "cannot be opened" : "cannot be read"));
        } catch (ConfigException e) {
            throw new SettingsException(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(file.toString()));
        }
    }

    private void refuseUnknown(String path, ConfigValue value, ConfigObject section) throws SettingsException {
        if (!(value instanceof ConfigObject object)) {
            throw new SettingsException(
                    Section.place(value.origin()) + ": " + path + " is a section; write " + path + " { … }");
        }
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String key = path + "." + entry.getKey();
            ConfigValue counterpart = section.get(entry.getKey());
            if (counterpart == null) {
                throw new SettingsException(Section.place(entry.getValue().origin()) + ": " + key + " is not a key; "
                        + path + " has " + String.join(", ", new TreeSet<>(section.keySet())));
            }
            if (counterpart instanceof ConfigObject inner) {
                refuseUnknown(key, entry.getValue(), inner);
            }
        }
    }

    private Config fromEnvironment() {
        Config config = ConfigFactory.empty();
        for (String key : keys()) {
            String value = environment.get(variable(key));
            if (value != null) {
                config = config.withValue(
                        key, ConfigValueFactory.fromAnyRef(value, "environment variable " + variable(key)));
            }
        }
        return config;
    }

    private static Config fromOptions(Map<String, Option> options) {
        Config config = ConfigFactory.empty();
        for (Map.Entry<String, Option> option : new HashMap<>(options).entrySet()) {
            Option given = option.getValue();
            config = config.withValue(
                    option.getKey(), ConfigValueFactory.fromAnyRef(given.value(), "option " + given.name()));
        }
        return config;
    }

    /** Variables that look like ours but set nothing. Not refused: container platforms add such names of their own. */
    private List<String> unknownVariables() {
        Set<String> known = new TreeSet<>(LAUNCHER_VARIABLES);
        keys().forEach(key -> known.add(variable(key)));
        List<String> unknown = new ArrayList<>();
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(PREFIX) && !known.contains(name)) {
                unknown.add(name);
            }
        }
        return unknown;
    }
}
