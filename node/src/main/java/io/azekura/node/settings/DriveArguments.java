package io.azekura.node.settings;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The drive directories that the arguments of {@code azekura server} name.
 *
 * <pre>
 * argument → (text | "{" first "..." last "}")…
 * first, last → decimal digits, or one letter of the same case each
 * </pre>
 *
 * A range runs upwards and includes both ends: {@code /data{1...4}} names four directories. Numbers are padded with
 * zeros to the width of an end that begins with one: {@code {01...16}}. Several ranges in one argument
 * multiply, the last one running fastest, as MinIO's do; the order of the directories is that of the arguments.
 */
public final class DriveArguments {
    /** What one erasure code over GF(2^8) of this version spans; also the bound of a stripe set. */
    static final int DRIVES_MAX = 32;

    private static final Pattern RANGE = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,9})\\.\\.\\.(\\d{1,9})");
    private static final Pattern LETTERS = Pattern.compile("([a-z])\\.\\.\\.([a-z])|([A-Z])\\.\\.\\.([A-Z])");
    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*");

    private DriveArguments() {}

    /**
     * The directories as absolute, normalised paths.
     *
     * @throws SettingsException if there are none or too many, or one is named twice or lies in another
     */
    public static List<Path> expand(List<String> arguments) throws SettingsException {
        if (arguments.isEmpty()) {
            throw new SettingsException("no drive directory is named; for example: azekura server /data{1...4}");
        }
        Set<Path> drives = new LinkedHashSet<>();
        for (String argument : arguments) {
            for (String name : expand(argument)) {
                Path drive = directory(name);
                if (!drives.add(drive)) {
                    throw new SettingsException("drive directory " + drive + " is named twice");
                }
            }
        }
        if (drives.size() > DRIVES_MAX) {
            throw new SettingsException(
                    drives.size() + " drive directories are named; this version takes 1 to " + DRIVES_MAX);
        }
        refuseNested(drives);
        return List.copyOf(drives);
    }

    private static List<String> expand(String argument) throws SettingsException {
        if (URL.matcher(argument).matches()) {
            throw new SettingsException("drive argument " + argument
                    + " is a URL; clusters of several nodes are not available in this version, name local directories");
        }
        List<String> names = new ArrayList<>(List.of(""));
        Matcher range = RANGE.matcher(argument);
        int end = 0;
        while (range.find()) {
            String before = literal(argument, argument.substring(end, range.start()));
            names = product(argument, names, before, members(argument, range.group(1)));
            end = range.end();
        }
        return product(argument, names, literal(argument, argument.substring(end)), List.of(""));
    }

    private static String literal(String argument, String text) throws SettingsException {
        if (text.contains("{") || text.contains("}")) {
            throw malformed(argument);
        }
        return text;
    }

    private static List<String> product(String argument, List<String> heads, String middle, List<String> tails)
            throws SettingsException {
        if ((long) heads.size() * tails.size() > DRIVES_MAX) {
            throw tooMany(argument);
        }
        List<String> names = new ArrayList<>(heads.size() * tails.size());
        for (String head : heads) {
            for (String tail : tails) {
                names.add(head + middle + tail);
            }
        }
        return names;
    }

    private static List<String> members(String argument, String range) throws SettingsException {
        Matcher numbers = NUMBERS.matcher(range);
        if (numbers.matches()) {
            return numbers(argument, numbers.group(1), numbers.group(2));
        }
        if (LETTERS.matcher(range).matches()) {
            char first = range.charAt(0);
            char last = range.charAt(range.length() - 1);
            requireUpwards(argument, first, last);
            List<String> members = new ArrayList<>();
            for (char letter = first; letter <= last; letter++) {
                members.add(String.valueOf(letter));
            }
            return members;
        }
        throw malformed(argument);
    }

    private static List<String> numbers(String argument, String first, String last) throws SettingsException {
        int from = Integer.parseInt(first);
        int to = Integer.parseInt(last);
        requireUpwards(argument, from, to);
        if (to - from >= DRIVES_MAX) {
            throw tooMany(argument);
        }
        boolean padded = isPadded(first) || isPadded(last);
        int width = padded ? Math.max(first.length(), last.length()) : 1;
        List<String> members = new ArrayList<>();
        for (int number = from; number <= to; number++) {
            members.add(String.format(Locale.ROOT, "%0" + width + "d", number));
        }
        return members;
    }

    private static boolean isPadded(String number) {
        return number.length() > 1 && number.startsWith("0");
    }

    private static void requireUpwards(String argument, int first, int last) throws SettingsException {
        if (first > last) {
            throw new SettingsException("drive argument " + argument + " has a range that runs downwards");
        }
    }

    private static Path directory(String name) throws SettingsException {
        if (name.isBlank()) {
            throw new SettingsException("a drive argument is empty");
        }
        try {
            return Path.of(name).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new SettingsException("drive directory " + name + " is not a path: " + e.getReason());
        }
    }

    private static void refuseNested(Set<Path> drives) throws SettingsException {
        for (Path outer : drives) {
            for (Path inner : drives) {
                if (!inner.equals(outer) && inner.startsWith(outer)) {
                    throw new SettingsException("drive directory " + inner + " lies in drive directory " + outer);
                }
            }
        }
    }

    private static SettingsException malformed(String argument) {
        return new SettingsException("drive argument " + argument
                + " has braces that are no range; a range is {1...4}, {01...16} or {a...d}");
    }

    private static SettingsException tooMany(String argument) {
        return new SettingsException("drive argument " + argument + " names more than " + DRIVES_MAX + " directories");
    }
}
