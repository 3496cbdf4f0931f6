/**
 * What one drive decides about every request of the register protocol, and the procedures that keep drives complete and
 * clean: catching up, collecting tombstones, scavenging. Pure: durable facts, clock and network are arguments.
 */
@NullMarked
package io.azekura.persistence.replica;

import org.jspecify.annotations.NullMarked;
