/** Every error a client can see: code, status, text. */
@NullMarked
package io.azekura.http.error;

import org.jspecify.annotations.NullMarked;
