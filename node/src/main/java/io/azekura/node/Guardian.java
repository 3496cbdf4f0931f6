package io.azekura.node;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;

/** The root of the node's actors. */
final class Guardian {
    private Guardian() {}

    static Behavior<Void> create() {
        return Behaviors.empty();
    }
}
