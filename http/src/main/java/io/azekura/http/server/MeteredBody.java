package io.azekura.http.server;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Passes a response body on, counts it, and tells how it ended. Runs once at most: whoever claims the body first, this
 * stage or the one who gave up waiting for it to be asked for, has it.
 */
final class MeteredBody extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("MeteredBody.in");
    private final Outlet<ByteString> out = Outlet.create("MeteredBody.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final End end;

    MeteredBody(End end) {
        this.end = end;
    }

    /** How a body ended. */
    enum Outcome {
        /** Every byte was handed to the connection. */
        WHOLE,
        /** The client went away. */
        ABANDONED,
        /** The store could not go on; the connection has been aborted. */
        FAILED
    }

    /** Told exactly once, by whichever thread ends the stream. */
    interface End {
        void ended(long bytes, Outcome outcome);
    }

    /** Whether the body is still nobody's; the caller then has to release it, and no stream will run it. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private long bytes;
        private boolean mine;
        private Outcome outcome = Outcome.ABANDONED;

        Logic() {
            super(shape);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    ByteString element = grab(in);
                    bytes += element.size();
                    push(out, element);
                }

                @Override
                public void onUpstreamFinish() {
                    outcome = Outcome.WHOLE;
                    completeStage();
                }

                @Override
                public void onUpstreamFailure(Throwable cause) {
                    outcome = Outcome.FAILED;
                    failStage(cause);
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(in);
                }
            });
        }

        @Override
        public void preStart() {
            mine = claim();
            if (!mine) {
                failStage(new IllegalStateException("asked for too late"));
            }
        }

        @Override
        public void postStop() {
            if (mine) {
                end.ended(bytes, outcome);
            }
        }
    }
}
