/** A disk that remembers what was asked of it, and every state that a crash could have left it in. */
@org.jspecify.annotations.NullMarked
package io.azekura.persistence.drive.crash;
