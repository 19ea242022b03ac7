package org.untorn.conformance.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One run of a client against one target.
 *
 * @param iops commands a second
 * @param p50 median latency in microseconds
 * @param p99 in microseconds
 * @param targetCpu microseconds that the target's process had for a command
 * @param clientCpu the same of the client
 * @param ofSession commands of each session; empty if that was not asked for
 */
record Slice(
    double iops, double p50, double p99, double targetCpu, double clientCpu, List<Long> ofSession) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a run that failed counts as. */
  static final Slice FAILED = new Slice(0, 0, 0, 0, 0, List.of());

  /** Runs a client; its one line of JSON is what comes back. */
  static Slice run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String line =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + status + ": " + line);
    }
    JsonNode result = JSON.readTree(line);
    List<Long> ofSession = new ArrayList<>();
    result.path("ofSession").forEach(count -> ofSession.add(count.asLong()));
    return new Slice(
        result.path("iops").asDouble(),
        result.path("p50").asDouble(),
        result.path("p99").asDouble(),
        result.path("targetCpu").asDouble(),
        result.path("clientCpu").asDouble(),
        ofSession);
  }

  /** The median of one number over slices. */
  static double median(List<Slice> slices, ToDoubleFunction<Slice> number) {
    return median(slices.stream().mapToDouble(number).toArray());
  }

  static double median(double... values) {
    double[] sorted = java.util.Arrays.stream(values).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
