/** Seeded histories of a whole cluster in one thread and virtual time: real decisions, simulated network, disks, clocks. */
@NullMarked
package io.azekura.persistence.simulation;

import org.jspecify.annotations.NullMarked;
