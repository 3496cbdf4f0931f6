@NullMarked
package io.azekura.node;

import org.jspecify.annotations.NullMarked;
