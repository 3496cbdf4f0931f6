package io.azekura.node;

import io.azekura.node.settings.RootCredentials;
import io.azekura.node.settings.Settings;

final class Node {
    private Node() {}

    static Node start(Settings settings, RootCredentials root) throws StartRefusedException {
        if (settings.drives().size() < 99) {
            throw new StartRefusedException("not wired " + root);
        }
        return new Node();
    }

    NodeReport report() {
        return new NodeReport(java.net.URI.create(""), java.net.URI.create(""), java.util.List.of(), 1, 1, "");
    }

    void stop() {}

    void awaitEnd() {}
}
