package io.azekura.node;

import io.azekura.persistence.layout.ErasureShape;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * What a node that has just become ready tells its operator.
 *
 * @param drives one line for each drive directory that was named, in that order
 */
record NodeReport(URI s3Api, URI adminApi, List<DriveLine> drives, ErasureShape shape, String clusterId) {
    NodeReport {
        drives = List.copyOf(drives);
    }

    static NodeReport of(URI s3Api, URI adminApi, NodeDrives mounted) {
        return new NodeReport(s3Api, adminApi, mounted.lines(), mounted.layout().shape(), mounted.clusterId());
    }

    long drivesOnline() {
        return drives.stream().filter(DriveLine::online).count();
    }

    /**
     * One drive directory.
     *
     * @param remark what is not as it should be, and the remedy; empty when all is well
     */
    record DriveLine(Path directory, boolean online, String remark) {}
}
