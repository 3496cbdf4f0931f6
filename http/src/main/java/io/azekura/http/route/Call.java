package io.azekura.http.route;

import io.azekura.http.sigv4.Authentication.Authenticated;

/**
 * A request whose sender is known: the only thing that operations take, so none can run without authentication.
 *
 * @param body not yet asked for: operations decide from the header alone whether they want it
 */
public record Call(S3Request request, Authenticated sender, RequestBody body) {}
