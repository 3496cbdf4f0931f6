package io.azekura.http.route;

import io.azekura.http.error.S3Error;
import io.azekura.http.sigv4.QueryParameter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters of a request in the order sent. Each name occurs once: a second occurrence is refused, so that no two
 * readers of a request can disagree about which one counts. A flag such as {@code ?acl} has the empty value.
 */
public final class QueryParameters {
    private final List<QueryParameter> parameters;

    /** Fails with {@code InvalidArgument} for a name that occurs twice. */
    public QueryParameters(List<QueryParameter> parameters) {
        this.parameters = List.copyOf(parameters);
        Set<String> names = new HashSet<>();
        for (QueryParameter parameter : parameters) {
            if (!names.add(parameter.name())) {
                throw S3Error.INVALID_ARGUMENT
                        .asException("A query parameter occurs more than once.")
                        .with("ArgumentName", parameter.name());
            }
        }
    }

    public List<QueryParameter> all() {
        return parameters;
    }

    public boolean has(String name) {
        return get(name).isPresent();
    }

    public Optional<String> get(String name) {
        for (QueryParameter parameter : parameters) {
            if (parameter.name().equals(name)) {
                return Optional.of(parameter.value());
            }
        }
        return Optional.empty();
    }
}
