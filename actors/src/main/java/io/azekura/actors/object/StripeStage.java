package io.azekura.actors.object;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;

/**
 * Turns the bytes of a body into encoded batches of stripes. Emits a batch as soon as it is full and holds at most one
 * unfinished; fails with {@link IncompleteBodyException} when the body is not of its announced length.
 */
final class StripeStage extends GraphStage<FlowShape<ByteString, StripeBatch>> {
    private final Inlet<ByteString> in = Inlet.create("StripeStage.in");
    private final Outlet<StripeBatch> out = Outlet.create("StripeStage.out");
    private final StripeAssembler assembler;

    /** The assembler belongs to one run of the stage. */
    StripeStage(StripeAssembler assembler) {
        this.assembler = assembler;
    }

    @Override
    public FlowShape<ByteString, StripeBatch> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private Iterator<ByteBuffer> element = Collections.emptyIterator();
        private ByteBuffer bytes = ByteBuffer.allocate(0);

        private Logic() {
            super(shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    element = grab(in).getByteBuffers().iterator();
                    advance();
                }

                @Override
                public void onUpstreamFinish() {
                    if (!hasBytes()) {
                        end();
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    advance();
                }
            });
        }

        @Override
        public void postStop() {
            assembler.release();
        }

        private boolean hasBytes() {
            return bytes.hasRemaining() || element.hasNext();
        }

        /** Emits the next batch if the bytes at hand complete one, else asks for more. */
        private void advance() {
            try {
                while (hasBytes()) {
                    if (!bytes.hasRemaining()) {
                        bytes = element.next();
                    }
                    StripeBatch batch = assembler.fill(bytes);
                    if (batch != null) {
                        push(out, batch);
                        if (isClosed(in) && !hasBytes()) {
                            end();
                        }
                        return;
                    }
                }
            } catch (IncompleteBodyException tooLong) {
                failStage(tooLong);
                return;
            }
            if (isClosed(in)) {
                end();
            } else if (!hasBeenPulled(in)) {
                pull(in);
            }
        }

        private void end() {
            if (assembler.missing() > 0) {
                failStage(new IncompleteBodyException(assembler.missing() + " bytes short of the announced length"));
            } else {
                completeStage();
            }
        }
    }
}
