/** The ordered index of a drive: derived from the log, never trusted without its checksums. */
@NullMarked
package io.azekura.persistence.index;

import org.jspecify.annotations.NullMarked;
