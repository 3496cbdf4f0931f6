package io.azekura.node.settings;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The root user of the node.
 *
 * @param file the file that keeps generated credentials; empty when they were given
 * @param generatedNow true when this start made them
 */
public record RootCredentials(String user, Secret password, Optional<Path> file, boolean generatedNow) {}
