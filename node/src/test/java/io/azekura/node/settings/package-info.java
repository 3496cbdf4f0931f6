@NullMarked
package io.azekura.node.settings;

import org.jspecify.annotations.NullMarked;
