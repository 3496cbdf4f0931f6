package io.azekura.persistence.model;

import io.azekura.persistence.Check;
import java.util.regex.Pattern;

/**
 * A valid bucket name by Amazon's rules for general purpose buckets: 3 to 63 of a-z, 0-9, hyphen and dot, each label
 * beginning and ending with a letter or digit, not the form of an IPv4 address, none of the reserved affixes.
 */
public record BucketName(String value) {
    private static final Pattern FORM =
            Pattern.compile("(?=.{3,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
    private static final Pattern ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");

    public BucketName {
        Check.argument(isValid(value), "not a valid bucket name");
    }

    public static boolean isValid(String name) {
        return FORM.matcher(name).matches()
                && !ADDRESS.matcher(name).matches()
                && !name.startsWith("xn--")
                && !name.startsWith("sthree-")
                && !name.startsWith("amzn-s3-demo-")
                && !name.endsWith("-s3alias")
                && !name.endsWith("--ol-s3")
                && !name.endsWith(".mrap")
                && !name.endsWith("--x-s3")
                && !name.endsWith("--table-s3");
    }

    @Override
    public String toString() {
        return value;
    }
}
