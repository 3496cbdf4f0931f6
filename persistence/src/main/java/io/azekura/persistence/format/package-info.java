/** Bounds-checked reading and writing of the small binary records that everything durable is made of. */
@NullMarked
package io.azekura.persistence.format;

import org.jspecify.annotations.NullMarked;
