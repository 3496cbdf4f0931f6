/** The life of buckets from creation to deletion, as registers (register rule 10): pure procedures over the ports. */
@NullMarked
package io.azekura.persistence.bucket;

import org.jspecify.annotations.NullMarked;
