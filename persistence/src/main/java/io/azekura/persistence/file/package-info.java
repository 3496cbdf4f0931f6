/** What all files of a drive have in common: durable replacement, direct I/O, and memory that suits it. */
@NullMarked
package io.azekura.persistence.file;

import org.jspecify.annotations.NullMarked;
