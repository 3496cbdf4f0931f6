/** One class per S3 operation. */
@NullMarked
package io.azekura.http.route;

import org.jspecify.annotations.NullMarked;
