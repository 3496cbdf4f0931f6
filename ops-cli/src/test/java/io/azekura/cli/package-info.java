@NullMarked
package io.azekura.cli;

import org.jspecify.annotations.NullMarked;
