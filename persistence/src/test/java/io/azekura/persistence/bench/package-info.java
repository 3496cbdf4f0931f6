/** Micro-benchmarks; run by hand, see docs/benchmarks.md. */
@NullMarked
package io.azekura.persistence.bench;

import org.jspecify.annotations.NullMarked;
