/** Objects and buckets over registers: the data path of PUT, GET and LIST. */
@NullMarked
package io.azekura.actors.object;

import org.jspecify.annotations.NullMarked;
