/** Shard files: the erasure-coded bytes of large objects, with a checksum per block. */
@NullMarked
package io.azekura.persistence.shard;

import org.jspecify.annotations.NullMarked;
