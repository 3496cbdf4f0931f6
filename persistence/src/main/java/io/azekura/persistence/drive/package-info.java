/** The drive engine: superblock, mounting, and the acceptor of every key of one drive. */
@NullMarked
package io.azekura.persistence.drive;

import org.jspecify.annotations.NullMarked;
