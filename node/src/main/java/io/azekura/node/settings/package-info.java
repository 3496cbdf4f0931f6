/** What a node is told: keys, their checks, the drives by ellipsis, the root credentials. Knows no other room. */
@NullMarked
package io.azekura.node.settings;

import org.jspecify.annotations.NullMarked;
