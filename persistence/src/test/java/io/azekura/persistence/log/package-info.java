@NullMarked
package io.azekura.persistence.log;

import org.jspecify.annotations.NullMarked;
