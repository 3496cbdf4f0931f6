/** Health and metrics. */
@NullMarked
package io.azekura.http.metrics;

import org.jspecify.annotations.NullMarked;
