/** Values of the store: names, ids and the records that registers hold. */
@NullMarked
package io.azekura.persistence.model;

import org.jspecify.annotations.NullMarked;
