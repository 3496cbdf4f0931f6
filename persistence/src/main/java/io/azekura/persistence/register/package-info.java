/** The object register: one consensus primitive, as pure state machines without clock, disk or threads. */
@NullMarked
package io.azekura.persistence.register;

import org.jspecify.annotations.NullMarked;
