/** Request bodies: aws-chunked framing, trailers, digests and checksums. */
@NullMarked
package io.azekura.http.body;

import org.jspecify.annotations.NullMarked;
