/** What must hold of real processes: each class is one promise. */
@NullMarked
package io.azekura.multijvm.scenario;

import org.jspecify.annotations.NullMarked;
