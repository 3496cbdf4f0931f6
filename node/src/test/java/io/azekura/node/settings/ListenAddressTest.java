package io.azekura.node.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @Test
    void hostAndPortAreTakenApart() {
        assertEquals(Optional.of(new ListenAddress("127.0.0.1", 9000)), ListenAddress.parse("127.0.0.1:9000"));
        assertEquals(Optional.of(new ListenAddress("store.example", 0)), ListenAddress.parse("store.example:0"));
        assertEquals(Optional.of(new ListenAddress("::1", 9000)), ListenAddress.parse("[::1]:9000"));
    }

    @Test
    void noHostIsEveryAddress() {
        assertEquals(Optional.of(new ListenAddress("0.0.0.0", 9000)), ListenAddress.parse(":9000"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "9000",
                "localhost",
                "localhost:",
                "localhost:65536",
                "a b:1",
                "::1:9000",
                "http://x:1",
                "x:-1"
            })
    void anythingElseIsNoAddress(String text) {
        assertEquals(Optional.empty(), ListenAddress.parse(text));
    }
}
