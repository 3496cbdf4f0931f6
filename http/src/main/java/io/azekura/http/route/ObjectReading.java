package io.azekura.http.route;

import io.azekura.http.error.S3Error;
import io.azekura.persistence.model.ObjectRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What GET and HEAD have in common: conditions, the range, and the header. Computed from the request and the version
 * that was found, without reading a byte of it.
 *
 * @param first the first byte to send
 * @param length how many bytes; zero for an empty object and when there is no body to send
 */
record ObjectReading(int status, List<S3Response.Header> headers, String contentType, long first, long length) {
    private static final int NOT_MODIFIED = 304;

    boolean hasBody() {
        return status != NOT_MODIFIED;
    }

    /** Throws the refusals 412 and 416. */
    static ObjectReading plan(S3Request request, ObjectRecord record) {
        switch (ReadConditions.judge(request.headers(), record)) {
            case FAILED -> throw S3Error.PRECONDITION_FAILED.asException();
            case NOT_MODIFIED -> {
                List<S3Response.Header> headers = List.of(
                        new S3Response.Header("ETag", ObjectHeaders.quoted(record.etag())),
                        new S3Response.Header("Last-Modified", Times.http(record.time())));
                return new ObjectReading(NOT_MODIFIED, headers, "", 0, 0);
            }
            case SEND -> {}
        }
        Map<String, String> overrides = ObjectHeaders.overrides(request.query());
        List<S3Response.Header> headers = new ArrayList<>(ObjectHeaders.of(record, overrides));
        String contentType = ObjectHeaders.contentType(record, overrides);
        Optional<ByteRange> range = range(request, record);
        if (range.isPresent()) {
            ByteRange.Slice slice =
                    range.get().within(record.size()).orElseThrow(() -> outOfRange(request, record.size()));
            headers.add(new S3Response.Header("Content-Range", contentRange(slice, record.size())));
            return new ObjectReading(206, headers, contentType, slice.first(), slice.length());
        }
        if (wantsChecksums(request)) {
            headers.addAll(ObjectHeaders.checksums(record));
        }
        return new ObjectReading(200, headers, contentType, 0, record.size());
    }

    private static Optional<ByteRange> range(S3Request request, ObjectRecord record) {
        Optional<ByteRange> range = request.headers().get("range").flatMap(ByteRange::parse);
        if (request.query().has("partNumber")) {
            if (request.headers().has("range")) {
                throw S3Error.INVALID_REQUEST.asException(
                        "Cannot specify both Range header and partNumber query parameter");
            }
            return record.size() == 0 ? Optional.empty() : Optional.of(new ByteRange(0, Long.MAX_VALUE));
        }
        return range.filter(one -> ReadConditions.rangeCounts(request.headers(), record));
    }

    /** A checksum of the whole object beside a part of it would make clients see corruption where there is none. */
    private static boolean wantsChecksums(S3Request request) {
        return request.headers()
                .get("x-amz-checksum-mode")
                .filter(mode -> mode.equalsIgnoreCase("ENABLED"))
                .isPresent();
    }

    private static String contentRange(ByteRange.Slice slice, long size) {
        return "bytes " + slice.first() + "-" + (slice.first() + slice.length() - 1) + "/" + size;
    }

    private static RuntimeException outOfRange(S3Request request, long size) {
        return S3Error.INVALID_RANGE
                .asException()
                .with("RangeRequested", request.headers().get("range").orElse(""))
                .with("ActualObjectSize", Long.toString(size));
    }
}
