package io.azekura.http.sigv4;

/** One header line as it was received: the name in the client's case, the value without the white space around it. */
public record Header(String name, String value) {}
