package io.azekura.http.sigv4;

import java.util.Optional;

/**
 * What a credential says about its use.
 *
 * <pre>
 * credential = access-key "/" date "/" region "/" service "/" terminator
 * </pre>
 *
 * An access key may itself have slashes, so the text is read from its end.
 */
record CredentialScope(String accessKey, String date, String region, String service, String terminator) {
    static final String SERVICE = "s3";
    static final String TERMINATOR = "aws4_request";

    private static final int PARTS_BEHIND_KEY = 4;

    /** Empty when a part is missing or empty. */
    static Optional<CredentialScope> parse(String credential) {
        String[] behind = new String[PARTS_BEHIND_KEY];
        int end = credential.length();
        for (int i = PARTS_BEHIND_KEY - 1; i >= 0; i--) {
            int slash = credential.lastIndexOf('/', end - 1);
            if (slash < 0 || slash == end - 1) {
                return Optional.empty();
            }
            behind[i] = credential.substring(slash + 1, end);
            end = slash;
        }
        return end == 0
                ? Optional.empty()
                : Optional.of(
                        new CredentialScope(credential.substring(0, end), behind[0], behind[1], behind[2], behind[3]));
    }

    /** The scope as it stands in a string to sign. */
    String text() {
        return date + "/" + region + "/" + service + "/" + terminator;
    }
}
