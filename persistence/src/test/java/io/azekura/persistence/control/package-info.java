@NullMarked
package io.azekura.persistence.control;

import org.jspecify.annotations.NullMarked;
