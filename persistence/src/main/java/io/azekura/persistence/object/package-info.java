/**
 * What happens to the register of an object: its versions, multipart uploads, the outbox and usage, as pure changes and
 * as procedures over the ports of the register. No disk, clock, threads or random source.
 */
@NullMarked
package io.azekura.persistence.object;

import org.jspecify.annotations.NullMarked;
