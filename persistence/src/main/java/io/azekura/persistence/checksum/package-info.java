/** Checksums that S3 knows and the JDK lacks, and the arithmetic that joins checksums of parts to that of the whole. */
@NullMarked
package io.azekura.persistence.checksum;

import org.jspecify.annotations.NullMarked;
