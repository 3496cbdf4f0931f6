/**
 * What clients saw, and whether a correct store could have shown it: histories of operations and the checkers that judge
 * them. Plain types only, so that simulations and runs with real processes use the same judges.
 */
@NullMarked
package io.azekura.persistence.simulation.history;

import org.jspecify.annotations.NullMarked;
