@NullMarked
package io.azekura.http.body;

import org.jspecify.annotations.NullMarked;
