/** The object register over the drives of a stripe set: shells round the proposer. */
@NullMarked
package io.azekura.actors.register;

import org.jspecify.annotations.NullMarked;
