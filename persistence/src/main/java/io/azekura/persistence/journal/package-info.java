/** The journal and the snapshots of entities, as registers (register rule 13): pure procedures over the ports. */
@NullMarked
package io.azekura.persistence.journal;

import org.jspecify.annotations.NullMarked;
