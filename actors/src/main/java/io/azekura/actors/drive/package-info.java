/** A local actor per mounted drive: owns its engine from mounting to fault. */
@NullMarked
package io.azekura.actors.drive;

import org.jspecify.annotations.NullMarked;
