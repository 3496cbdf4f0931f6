/** The control log: where the layout, its steps and the starts of drives are decided, one entry after the other. */
@NullMarked
package io.azekura.persistence.control;

import org.jspecify.annotations.NullMarked;
