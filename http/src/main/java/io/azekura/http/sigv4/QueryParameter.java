package io.azekura.http.sigv4;

/** One parameter of a query string, percent-decoded exactly once. A parameter without {@code =} has an empty value. */
public record QueryParameter(String name, String value) {}
