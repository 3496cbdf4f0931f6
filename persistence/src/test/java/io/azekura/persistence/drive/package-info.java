@NullMarked
package io.azekura.persistence.drive;

import org.jspecify.annotations.NullMarked;
