package io.azekura.persistence.model;

/**
 * What the register of a bucket says.
 *
 * @param incarnation random and never reused: the space of the bucket's rows
 * @param configVersion grows with every change of configuration, closing included (register rule 10)
 * @param createdMicros microseconds since the epoch
 * @param closing whether a deletion is under way; writes are refused meanwhile
 */
public record BucketRecord(
        BucketName name, long incarnation, long configVersion, long createdMicros, boolean closing) {}
