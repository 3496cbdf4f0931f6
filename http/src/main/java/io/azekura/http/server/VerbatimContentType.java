package io.azekura.http.server;

import akka.http.impl.settings.ParserSettingsImpl;
import akka.http.javadsl.settings.ParserSettings;

/**
 * Parser settings under which the {@code Content-Type} of a request arrives as it was sent. Akka HTTP would parse and
 * render it again, losing case, blanks and parameters, while S3 signs the very text and gives it back with the object.
 *
 * <p>The cure is the hook for custom media types: it is asked first, and when it throws, the parser keeps the header as
 * a raw one. No public setter stores a function that does not come from a list of types, so the settings are copied by
 * their implementation's own method, which the compiler checks against the version in use.
 */
final class VerbatimContentType {
    private VerbatimContentType() {}

    static ParserSettings in(ParserSettings settings) {
        ParserSettingsImpl from = (ParserSettingsImpl) settings;
        return from.copy(
                from.maxUriLength(),
                from.maxMethodLength(),
                from.maxResponseReasonLength(),
                from.maxHeaderNameLength(),
                from.maxHeaderValueLength(),
                from.maxHeaderCount(),
                from.maxContentLengthSetting(),
                from.maxToStrictBytes(),
                from.maxChunkExtLength(),
                from.maxChunkSize(),
                from.maxCommentParsingDepth(),
                from.uriParsingMode(),
                from.cookieParsingMode(),
                from.illegalHeaderWarnings(),
                from.ignoreIllegalHeaderFor(),
                from.errorLoggingVerbosity(),
                from.illegalResponseHeaderNameProcessingMode(),
                from.illegalResponseHeaderValueProcessingMode(),
                from.conflictingContentTypeHeaderProcessingMode(),
                from.headerValueCacheLimits(),
                from.includeTlsSessionInfoHeader(),
                from.includeSslSessionAttribute(),
                from.modeledHeaderParsing(),
                from.customMethods(),
                from.customStatusCodes(),
                (mainType, subType) -> {
                    throw new KeepRaw();
                });
    }

    /** Tells the parser that it cannot parse this. */
    private static final class KeepRaw extends RuntimeException {
        private static final long serialVersionUID = 1L;

        KeepRaw() {
            super("kept as it was sent", null, false, false);
        }
    }
}
