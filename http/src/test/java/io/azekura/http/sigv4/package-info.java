@NullMarked
package io.azekura.http.sigv4;

import org.jspecify.annotations.NullMarked;
