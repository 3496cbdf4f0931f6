package io.azekura.node;

import io.azekura.cli.AzekuraVersion;
import io.azekura.node.NodeReport.DriveLine;
import io.azekura.node.settings.RootCredentials;
import java.util.ArrayList;
import java.util.List;

/** What a node prints when it is ready. Shows the root password only where that was asked for. */
final class Banner {
    private final NodeReport report;
    private final RootCredentials root;
    private final String region;

    Banner(NodeReport report, RootCredentials root, String region) {
        this.report = report;
        this.root = root;
        this.region = region;
    }

    /** Where everything is, and what is wrong with drives. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Azekura " + AzekuraVersion.current() + " is ready");
        lines.add("  S3 API     " + report.s3Api());
        lines.add("  Admin API  " + report.adminApi() + " (/health/live, /health/ready, /metrics)");
        lines.add("  Drives     " + report.drivesOnline() + " of "
                + report.drives().size() + " online, erasure code " + report.shape()
                + ": " + endurance());
        lines.add("  Cluster    " + report.clusterId());
        lines.add("  Root user  " + root.user() + ", " + password());
        for (DriveLine drive : report.drives()) {
            if (!drive.remark().isEmpty()) {
                lines.add("  Drive      " + drive.directory() + ": " + drive.remark());
            }
        }
        return lines;
    }

    /** Commands to copy and paste, with the root password in them. */
    List<String> clientLines() {
        String endpoint = report.s3Api().toString();
        String password = root.password().reveal();
        return List.of(
                "",
                "Credentials: access key " + root.user() + ", secret key " + password,
                "",
                "# aws-cli",
                "export AWS_ACCESS_KEY_ID=" + quoted(root.user()) + " AWS_SECRET_ACCESS_KEY=" + quoted(password)
                        + " AWS_DEFAULT_REGION=" + region,
                "aws configure set default.s3.multipart_threshold 5GB # multipart uploads are not in this version",
                "aws --endpoint-url " + endpoint + " s3 mb s3://first",
                "aws --endpoint-url " + endpoint + " s3 cp README.md s3://first/README.md",
                "aws --endpoint-url " + endpoint + " s3 ls s3://first",
                "",
                "# boto3, in python3, with the variables from above",
                "import boto3",
                "s3 = boto3.client('s3', endpoint_url='" + endpoint + "')",
                "s3.put_object(Bucket='first', Key='hello.txt', Body=b'hello')",
                "print(s3.get_object(Bucket='first', Key='hello.txt')['Body'].read())",
                "",
                "# rclone, with the variables from above",
                "export RCLONE_CONFIG_AZEKURA_TYPE=s3 RCLONE_CONFIG_AZEKURA_PROVIDER=Other"
                        + " RCLONE_CONFIG_AZEKURA_ENV_AUTH=true RCLONE_CONFIG_AZEKURA_ENDPOINT=" + endpoint
                        + " RCLONE_CONFIG_AZEKURA_UPLOAD_CUTOFF=5Gi",
                "rclone copy docs azekura:first/docs",
                "rclone ls azekura:first",
                "");
    }

    private String password() {
        return root.file()
                .map(file -> "password in " + file + (root.generatedNow() ? " (made just now)" : ""))
                .orElse("password as set");
    }

    private String endurance() {
        int losses = Math.min(report.shape().parityShards(), report.shape().drives() / 2);
        return losses == 0
                ? "no drive may be lost"
                : losses == 1 ? "any 1 drive may be lost" : "any " + losses + " drives may be lost";
    }

    /** For a shell: the credentials may have any printable character. */
    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9._@+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
