/** The operator's commands. */
@NullMarked
package io.azekura.cli;

import org.jspecify.annotations.NullMarked;
