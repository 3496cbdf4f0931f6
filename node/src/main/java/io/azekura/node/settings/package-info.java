/** What a node is told: keys, their checks, the drives by ellipsis, the root credentials. */
@NullMarked
package io.azekura.node.settings;

import org.jspecify.annotations.NullMarked;
