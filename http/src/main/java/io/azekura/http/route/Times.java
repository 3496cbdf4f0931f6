package io.azekura.http.route;

import io.azekura.persistence.model.ObjectRecord;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The two forms in which S3 writes times, and the three in which HTTP has to be able to read them. */
final class Times {
    private static final int MICROS_PER_SECOND = 1_000_000;

    /** The earliest year that two digits can mean: RFC 850 dates are never from the future of S3. */
    private static final int TWO_DIGIT_YEARS_FROM = 1970;

    private static final DateTimeFormatter XML = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter HTTP = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    /** RFC 9110, 5.6.7: IMF-fixdate, RFC 850, asctime. */
    private static final List<DateTimeFormatter> HTTP_FORMS = List.of(
            HTTP,
            new DateTimeFormatterBuilder()
                    .appendPattern("EEEE, dd-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, TWO_DIGIT_YEARS_FROM)
                    .appendPattern(" HH:mm:ss 'GMT'")
                    .toFormatter(Locale.US),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.US));

    private Times() {}

    /** {@code 2026-11-23T05:06:07.089Z}. */
    static String xml(long micros) {
        return XML.format(instant(micros));
    }

    /** {@code Mon, 23 Nov 2026 05:06:07 GMT}. */
    static String http(long micros) {
        return HTTP.format(instant(micros));
    }

    /** When the object was last modified, as exactly as the {@code Last-Modified} header can tell. */
    static Instant lastModified(ObjectRecord record) {
        return instant(record.time()).truncatedTo(ChronoUnit.SECONDS);
    }

    /** Empty for what is no HTTP date, which by RFC 9110 makes the condition that holds it void. */
    static Optional<Instant> parseHttp(String date) {
        for (DateTimeFormatter form : HTTP_FORMS) {
            try {
                return Optional.of(LocalDateTime.parse(date, form).toInstant(ZoneOffset.UTC));
            } catch (DateTimeException e) {
                // Perhaps one of the other forms.
            }
        }
        return Optional.empty();
    }

    private static Instant instant(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * 1000L);
    }
}
