package io.azekura.persistence.object;

import io.azekura.persistence.Check;
import io.azekura.persistence.model.DataId;
import java.util.List;

/**
 * What a completed multipart object consists of: the bytes stay in the registers of the parts, in this order. All
 * belong to one upload, so that they can be reclaimed together.
 */
public record Manifest(UploadId upload, List<Part> parts) {
    /** As many parts as S3 allows. */
    public static final int PARTS_MAX = 10_000;

    /** One part: {@code data} names the register of the attempt that was completed. */
    public record Part(int number, DataId data, long size) {
        public Part {
            Check.argument(number >= 1 && number <= PARTS_MAX, "part number " + number);
            Check.argument(size >= 0, "part of negative size");
        }
    }

    public Manifest {
        parts = List.copyOf(parts);
        Check.argument(!parts.isEmpty() && parts.size() <= PARTS_MAX, parts.size() + " parts");
        for (int i = 1; i < parts.size(); i++) {
            Check.argument(parts.get(i - 1).number() < parts.get(i).number(), "parts out of order");
        }
    }

    public long size() {
        return parts.stream().mapToLong(Part::size).sum();
    }

    public boolean names(DataId data) {
        return parts.stream().anyMatch(part -> part.data().equals(data));
    }
}
