package io.azekura.http.body;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import io.azekura.http.error.S3Exception;
import java.util.Iterator;

/** The stage round a {@link BodyReader}. Can be materialised once, like the body it reads. */
final class BodyFlow extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("BodyFlow.in");
    private final Outlet<ByteString> out = Outlet.create("BodyFlow.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final BodyReader reader;

    BodyFlow(BodyReader reader) {
        this.reader = reader;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private final Slices slices = new Slices();

        Logic() {
            super(shape);
            setHandlers(in, out, new AbstractInOutHandler() {
                @Override
                public void onPush() {
                    readPiece();
                }

                @Override
                public void onPull() {
                    pull(in);
                }

                @Override
                public void onUpstreamFinish() {
                    finish();
                }
            });
        }

        private void readPiece() {
            try {
                reader.read(grab(in), slices);
            } catch (S3Exception e) {
                failStage(e);
                return;
            }
            Iterator<ByteString> data = slices.drain();
            if (data.hasNext()) {
                emitMultiple(out, data);
            } else {
                pull(in);
            }
        }

        private void finish() {
            try {
                reader.finish();
            } catch (S3Exception e) {
                failStage(e);
                return;
            }
            completeStage();
        }
    }
}
