/** Systematic Reed-Solomon coding over GF(2^8). */
@NullMarked
package io.azekura.persistence.erasure;

import org.jspecify.annotations.NullMarked;
