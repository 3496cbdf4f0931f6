/** What is on a disk and how bytes become safe. Knows neither Akka nor HTTP. */
@NullMarked
package io.azekura.persistence;

import org.jspecify.annotations.NullMarked;
