package io.azekura.persistence.simulation;

import io.azekura.persistence.replica.Request;
import java.util.function.Consumer;

/** Looks at the requests of gateways on their way, without changing them. */
@FunctionalInterface
interface Probe {
    Probe NONE = (from, request, reply) -> reply;

    /** A request is sent; returns what is called with its reply. */
    Consumer<Object> sent(SimGateway from, Request request, Consumer<Object> reply);
}
