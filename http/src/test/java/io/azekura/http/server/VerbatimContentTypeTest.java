package io.azekura.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import akka.http.impl.settings.ParserSettingsImpl;
import akka.http.javadsl.settings.ParserSettings;
import akka.http.javadsl.settings.ServerSettings;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

/** That the header really arrives as it was sent is shown over a socket, in {@code S3ServerIT}. */
class VerbatimContentTypeTest {
    @Test
    void onlyTheHookIsChanged() {
        ParserSettings given = ServerSettings.create(
                        ConfigFactory.parseString("akka.http.server.parsing.max-header-count = 77")
                                .withFallback(ConfigFactory.load()))
                .getParserSettings();
        ParserSettingsImpl before = (ParserSettingsImpl) given;
        ParserSettingsImpl after = (ParserSettingsImpl) VerbatimContentType.in(given);
        for (int i = 0; i < before.productArity(); i++) {
            if (!before.productElementName(i).equals("customMediaTypes")) {
                assertEquals(before.productElement(i), after.productElement(i), before.productElementName(i));
            }
        }
        assertEquals(77, after.maxHeaderCount());
        assertThrows(RuntimeException.class, () -> after.customMediaTypes().apply("text", "plain"));
    }
}
