@NullMarked
package io.azekura.persistence.object;

import org.jspecify.annotations.NullMarked;
