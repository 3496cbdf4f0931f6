/** Which drives hold which key: the versioned table from partitions to stripe sets. */
@NullMarked
package io.azekura.persistence.layout;

import org.jspecify.annotations.NullMarked;
