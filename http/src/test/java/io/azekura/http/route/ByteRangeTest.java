package io.azekura.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 10, 0, 1",
        "bytes=0-, 10, 0, 10",
        "bytes=3-5, 10, 3, 3",
        "bytes=3-99, 10, 3, 7",
        "bytes=9-9, 10, 9, 1",
        "bytes=-3, 10, 7, 3",
        "bytes=-10, 10, 0, 10",
        "bytes=-11, 10, 0, 10",
        "bytes=0-9223372036854775807, 10, 0, 10",
        "bytes=0-9223372036854775808, 10, 0, 10",
        "bytes=1-99999999999999999999999999, 10, 1, 9",
        "bytes=-99999999999999999999999999, 10, 0, 10",
        "bytes=0000000000000000000000000001-2, 10, 1, 2",
        "BYTES=1-2, 10, 1, 2",
        "bytes= 1-2, 10, 1, 2"
    })
    void aRangeIsClampedToTheObject(String header, long size, long first, long length) {
        assertEquals(
                Optional.of(new ByteRange.Slice(first, length)),
                ByteRange.parse(header).orElseThrow().within(size));
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=10-, 10",
        "bytes=10-20, 10",
        "bytes=99999999999999999999-, 10",
        "bytes=-0, 10",
        "bytes=0-, 0",
        "bytes=0-0, 0",
        "bytes=-5, 0"
    })
    void aRangeOutsideTheObjectIsNotSatisfiable(String header, long size) {
        assertEquals(Optional.empty(), ByteRange.parse(header).orElseThrow().within(size));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=5-2",
                "bytes=a-b",
                "bytes=1",
                "bytes=1-2,4-5",
                "bytes=1-2-3",
                "bytes=+1-2",
                "bytes=--1",
                "lines=1-2",
                "bytes=1 - 2",
                "bytes=\u0661-"
            })
    void whatIsNoSingleRangeCountsAsNone(String header) {
        assertEquals(Optional.empty(), ByteRange.parse(header));
    }
}
