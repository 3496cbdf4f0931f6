package io.azekura.persistence.object;

/** Why a change of an object's register is refused. Nothing happened. */
public enum Refusal {
    /** The client's condition does not hold. */
    PRECONDITION_FAILED,
    /** There is no object. */
    NO_SUCH_KEY,
    /** There is no such version. */
    NO_SUCH_VERSION,
    /** The upload is not open, and never was as far as is known. */
    NO_SUCH_UPLOAD,
    /** The upload was closed not long ago; the head says how. */
    UPLOAD_CLOSED,
    /** A part that was named is not there, or has another ETag. */
    INVALID_PART,
    /** Parts are not in ascending order. */
    INVALID_PART_ORDER,
    /** A part other than the last is too small. */
    PART_TOO_SMALL,
    /** Too many uploads of this key are open. */
    TOO_MANY_UPLOADS,
    /** Too many deliveries of this key are due. */
    BUSY,
    /** What was read before the change is no longer so: read again. */
    RETRY,
    /** The bytes of a small body must travel with the change: read them, then ask again. */
    NEEDS_BODY,
    /** The value of the register cannot be decoded. */
    DAMAGED
}
