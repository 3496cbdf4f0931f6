/** The drive's log: preallocated segments, group commit, recovery from the tail. */
@NullMarked
package io.azekura.persistence.log;

import org.jspecify.annotations.NullMarked;
