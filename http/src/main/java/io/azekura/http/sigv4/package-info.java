/** AWS Signature Version 4: headers, presigned queries, signed chunks. */
@NullMarked
package io.azekura.http.sigv4;

import org.jspecify.annotations.NullMarked;
