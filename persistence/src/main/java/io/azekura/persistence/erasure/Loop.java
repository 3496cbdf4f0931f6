package io.azekura.persistence.erasure;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * A loop over arrays that HotSpot's C2 compiles by itself, never as a part of its callers.
 *
 * <p>Inlined into a caller that has loops and branches of its own, these loops were measured to stay scalar in a
 * third of the process starts, depending on which layouts had been coded before the caller was compiled: ten to
 * thirty times slower until the process ends. A call through a method handle that is no constant cannot be inlined,
 * and costs some nanoseconds for thousands of bytes.
 */
final class Loop {
    private static final MethodType TYPE =
            MethodType.methodType(void.class, byte[][].class, byte[][].class, int.class, int.class);

    /** Not final: the compiler must not take the handle for a constant. */
    private MethodHandle body;

    private Loop(MethodHandle body) {
        this.body = body;
    }

    /**
     * The loop in a static method {@code (byte[][] in, byte[][] out, int from, int to)} of the class that looks it
     * up.
     */
    static Loop of(MethodHandles.Lookup lookup, String method) {
        try {
            return new Loop(lookup.findStatic(lookup.lookupClass(), method, TYPE));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Runs the loop over the range from..to of all arrays.
     *
     * @param in the arrays it reads
     * @param out the arrays it writes, which may be among those it reads
     */
    void run(byte[][] in, byte[][] out, int from, int to) {
        try {
            body.invokeExact(in, out, from, to);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a loop declares no checked exceptions", e);
        }
    }
}
