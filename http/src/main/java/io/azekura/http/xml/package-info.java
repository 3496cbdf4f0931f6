/** S3's XML, written and read without DTDs. */
@NullMarked
package io.azekura.http.xml;

import org.jspecify.annotations.NullMarked;
