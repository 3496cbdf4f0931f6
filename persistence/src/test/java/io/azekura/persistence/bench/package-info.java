/** JMH benchmarks of the kernels on the data path; {@code dev/bench-kernels} builds and runs them. */
@NullMarked
package io.azekura.persistence.bench;

import org.jspecify.annotations.NullMarked;
