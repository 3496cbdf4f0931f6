/** The S3 listener on Akka HTTP: raw requests in, responses out. */
@NullMarked
package io.azekura.http.server;

import org.jspecify.annotations.NullMarked;
