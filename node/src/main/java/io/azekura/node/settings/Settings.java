package io.azekura.node.settings;

import com.typesafe.config.Config;
import io.azekura.actors.object.GatewaySettings;
import io.azekura.http.server.AdminSettings;
import io.azekura.http.server.S3Settings;
import io.azekura.persistence.drive.DriveSettings;
import io.azekura.persistence.drive.ScrubSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything a node is told, checked. Immutable; secrets inside do not print.
 *
 * @param drives the drive directories in the order of the arguments, absolute
 * @param stateDirectory where the node keeps what belongs to no drive; empty for the user's own default
 * @param unknownVariables names of variables that begin like ours but set nothing: probably misspelt
 * @param config the stacked configuration; its {@code akka} part goes to the actor system
 */
public record Settings(
        List<Path> drives,
        Optional<Path> stateDirectory,
        S3Settings s3,
        AdminSettings admin,
        RootSettings root,
        StopSettings stop,
        LogSettings log,
        GatewaySettings gateway,
        DriveSettings drive,
        ScrubSettings scrub,
        List<String> unknownVariables,
        Config config) {

    public Settings {
        drives = List.copyOf(drives);
        unknownVariables = List.copyOf(unknownVariables);
    }

    static Settings read(Config config, List<String> unknownVariables) throws SettingsException {
        Section root = Section.root(config);
        return new Settings(
                DriveArguments.expand(root.texts("drives")),
                root.path("state-directory"),
                ListenerSettings.s3(root.section("s3")),
                ListenerSettings.admin(root.section("admin")),
                RootSettings.read(root.section("root")),
                StopSettings.read(root.section("stop")),
                LogSettings.read(root.section("log")),
                root.section("gateway").read(GatewaySettings::of),
                DriveSection.read(root.section("drive")),
                DriveSection.scrub(root.section("drive")),
                unknownVariables,
                config);
    }

    /** The configuration holds the root password, so only the plain parts are shown. */
    @Override
    public String toString() {
        return "Settings[drives=" + drives + ", s3=" + s3 + ", admin=" + admin + "]";
    }

    /** The root credentials as given, each directly or by a file that holds it; all empty to have them generated. */
    public record RootSettings(
            Optional<Secret> user, Optional<Secret> password, Optional<Path> userFile, Optional<Path> passwordFile) {
        static RootSettings read(Section section) throws SettingsException {
            RootSettings root = new RootSettings(
                    section.secret("user"),
                    section.secret("password"),
                    section.path("user-file"),
                    section.path("password-file"));
            if (root.user.isPresent() && root.userFile.isPresent()) {
                throw section.refuse("user-file", "must be empty when azekura.root.user is set");
            }
            if (root.password.isPresent() && root.passwordFile.isPresent()) {
                throw section.refuseHidden("password-file", "must be empty when azekura.root.password is set");
            }
            return root;
        }
    }

    /** How the node ends. */
    public record StopSettings(Duration drainTime) {
        private static final Duration DRAIN_MAX = Duration.ofMinutes(10);

        static StopSettings read(Section section) throws SettingsException {
            return new StopSettings(section.duration("drain-time", Duration.ZERO, DRAIN_MAX));
        }
    }

    /** The log on standard output. */
    public record LogSettings(Format format, Level level) {
        static LogSettings read(Section section) throws SettingsException {
            return new LogSettings(section.choice("format", Format.class), section.choice("level", Level.class));
        }

        /** Lines for people, or one JSON object a line. */
        public enum Format {
            HUMAN,
            JSON
        }

        /** The least level that is written. */
        public enum Level {
            TRACE,
            DEBUG,
            INFO,
            WARN,
            ERROR
        }
    }
}
