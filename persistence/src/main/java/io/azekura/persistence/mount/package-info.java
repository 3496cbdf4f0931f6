/** Which directories are drives of this store: superblocks, first start, and what is refused. */
@NullMarked
package io.azekura.persistence.mount;

import org.jspecify.annotations.NullMarked;
