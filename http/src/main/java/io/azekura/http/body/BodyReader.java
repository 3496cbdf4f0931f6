package io.azekura.http.body;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import akka.util.ByteString;
import io.azekura.http.error.S3Error;
import io.azekura.http.error.S3Exception;
import io.azekura.http.sigv4.PayloadSignature.SignedChunks;
import io.azekura.http.sigv4.PayloadSignature.UnsignedChunks;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one body by its plan: takes the framing off and verifies signatures, length and digests. The data that it hands
 * on are not verified before {@link #finish} has returned; nobody may acknowledge or keep them earlier. Used once: either
 * by {@link #readStrict}, or as a {@link #flow}, or by hand. For one thread at a time, except {@link #verified}.
 */
public final class BodyReader {
    private final BodyPlan plan;
    private final @Nullable AwsChunkedDecoder decoder;
    private final BodyDigests digests;
    private long received;
    private volatile @Nullable VerifiedBody verified;

    BodyReader(BodyPlan plan) {
        this.plan = plan;
        this.decoder = decoder(plan);
        this.digests = new BodyDigests(plan);
    }

    /** A body that is in memory, decoded and verified, without a stream. */
    public ByteString readStrict(ByteString body) {
        Slices slices = new Slices();
        read(body, slices);
        finish();
        return decoder == null ? body : slices.joined();
    }

    /**
     * A stage for a body that comes as a stream. It fails with an {@link S3Exception} as soon as the body is known to be
     * wrong, and completes only after everything is verified; then {@link #verified} has the result.
     */
    public Flow<ByteString, ByteString, NotUsed> flow() {
        return Flow.fromGraph(new BodyFlow(this));
    }

    /** Takes the next piece of the body as it came, and hands on the data in it. */
    void read(ByteString piece, Consumer<ByteString> data) {
        if (decoder == null) {
            take(piece, data);
        } else {
            decoder.decode(piece, slice -> take(slice, data));
        }
    }

    /** Tells that the body has ended; throws unless it was complete and right. */
    void finish() {
        if (decoder != null) {
            decoder.end();
        }
        if (received < plan.length()) {
            throw S3Error.INCOMPLETE_BODY.asException();
        }
        verified = digests.finish(decoder == null ? Map.of() : decoder.trailers());
    }

    /** The result; a bug to ask for before the body has ended well. Any thread may ask. */
    public VerifiedBody verified() {
        VerifiedBody result = verified;
        if (result == null) {
            throw new IllegalStateException("the body has not been verified");
        }
        return result;
    }

    private void take(ByteString data, Consumer<ByteString> next) {
        received += data.length();
        if (received > plan.length()) {
            throw S3Error.INCOMPLETE_BODY.asException();
        }
        digests.update(data);
        next.accept(data);
    }

    private static @Nullable AwsChunkedDecoder decoder(BodyPlan plan) {
        ClaimedChecksum claimed = plan.claimed();
        Set<String> trailers = claimed == null || claimed.value() != null
                ? Set.of()
                : Set.of(ChecksumName.header(claimed.algorithm()));
        if (plan.payload() instanceof SignedChunks signed) {
            return new AwsChunkedDecoder(plan.length(), signed.newVerifier(), trailers);
        }
        return plan.payload() instanceof UnsignedChunks ? new AwsChunkedDecoder(plan.length(), null, trailers) : null;
    }
}
