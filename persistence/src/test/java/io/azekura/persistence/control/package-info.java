/** Holds the control log, the steps of the layout and the identity of drives to their rules. */
@NullMarked
package io.azekura.persistence.control;

import org.jspecify.annotations.NullMarked;
