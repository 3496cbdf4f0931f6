/**
 * Systematic Reed-Solomon coding over GF(2^8): how the bytes of an object become k data shards and m parity shards,
 * any k of which give all the others back.
 */
@NullMarked
package io.azekura.persistence.erasure;

import org.jspecify.annotations.NullMarked;
