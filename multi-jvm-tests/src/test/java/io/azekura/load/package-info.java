/** A load generator for any S3 endpoint: throughput, latency, and the CPU the server spent. */
@NullMarked
package io.azekura.load;

import org.jspecify.annotations.NullMarked;
