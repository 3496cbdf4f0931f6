/** Starts, kills and watches real node processes, and remembers what clients were promised. */
@NullMarked
package io.azekura.multijvm.harness;

import org.jspecify.annotations.NullMarked;
