/** What the faces may ask of the store, and every way it may answer. */
@NullMarked
package io.azekura.actors.protocol;

import org.jspecify.annotations.NullMarked;
