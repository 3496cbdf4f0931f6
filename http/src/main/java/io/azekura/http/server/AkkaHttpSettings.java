package io.azekura.http.server;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.settings.ServerSettings;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

/** The Akka HTTP settings that S3 needs, from {@code azekura-http.conf}, which has the reasons beside the values. */
final class AkkaHttpSettings {
    private static final String RESOURCE = "azekura-http.conf";

    private AkkaHttpSettings() {}

    static ServerSettings of(ActorSystem<?> system) {
        Config config = ConfigFactory.parseResources(AkkaHttpSettings.class.getClassLoader(), RESOURCE)
                .withFallback(system.settings().config())
                .resolve();
        ServerSettings settings = ServerSettings.create(config);
        return settings.withParserSettings(VerbatimContentType.in(settings.getParserSettings()));
    }
}
