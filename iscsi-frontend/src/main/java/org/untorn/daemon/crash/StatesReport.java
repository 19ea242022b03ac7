package org.untorn.daemon.crash;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.untorn.daemon.control.Json;

/**
 * What {@code untorn crash-states list} prints.
 *
 * @param asked whether the user named the states
 * @param seed what a sample was drawn from
 * @param again says the command that makes an image of a state
 */
record StatesReport(
    String volume,
    Recording recording,
    CrashStates states,
    boolean asked,
    long seed,
    Optional<Check> check,
    Function<CrashState, String> again) {

  private static final int MOST_LINES = 12;
  private static final int MOST_BAD = 20;

  /** For people. */
  void print(PrintWriter out) {
    out.printf(
        "%s: %d commands recorded, %d changes and %d flushes%s%n",
        volume,
        recording.commands(),
        recording.changes().size(),
        recording.flushes(),
        recording.ended().map(why -> "; it ended: " + why).orElse(""));
    int count = states.all().size();
    if (!asked) {
      out.println(
          states.complete()
              ? "%d crash states, which are all".formatted(count)
              : "%d crash states of more, drawn by seed %d".formatted(count, seed));
    }
    if (check.isPresent()) {
      print(out, check.get());
      return;
    }
    out.println();
    out.println("AT RISK  LOST  TORN  STATE");
    for (CrashState state : states.all()) {
      out.printf("%7d  %4d  %4d  %s%n", atRisk(state), lost(state), torn(state), state);
    }
  }

  private void print(PrintWriter out, Check all) {
    out.printf(
        "%d checked: %d good, %d bad%n",
        all.states(), all.states() - all.bad().size(), all.bad().size());
    all.bad().stream()
        .limit(MOST_BAD)
        .forEach(bad -> out.printf("  %s  exit code %d%n", bad.state(), bad.verdict().exitCode()));
    if (all.bad().size() > MOST_BAD) {
      out.printf("  and %d more; --json has all%n", all.bad().size() - MOST_BAD);
    }
    if (all.least().isEmpty()) {
      return;
    }
    String output = all.bad().getFirst().verdict().output();
    if (!output.isEmpty()) {
      out.printf("%nThe checker said of the first bad one:%n");
      output.lines().limit(MOST_LINES).forEach(out::println);
    }
    CrashState least = all.least().get();
    out.printf("%nThe fewest losses that are bad: %s%n", least);
    out.println("  the power goes after " + described(least.after()));
    for (Map.Entry<Integer, BitSet> loss : least.lost().entrySet()) {
      String what = described(loss.getKey());
      out.println(loss.getValue().isEmpty() ? "  lost: " + what : torn(what, loss.getValue()));
    }
    out.printf("An image of it: %s%n", again(least));
  }

  private static String torn(String what, BitSet blocks) {
    return (blocks.cardinality() == 1
            ? "  torn: %s: block %s of it is lost"
            : "  torn: %s: blocks %s of it are lost")
        .formatted(what, CrashState.ranges(blocks));
  }

  private String again(CrashState state) {
    return again.apply(state);
  }

  private String described(int number) {
    Optional<RecordedChange> change = recording.change(number);
    return change.isEmpty()
        ? "nothing"
        : "command %d, %s of %d block%s at %d"
            .formatted(
                number,
                change.get().kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                change.get().blocks(),
                change.get().blocks() == 1 ? "" : "s",
                change.get().extents().getFirst().lba());
  }

  private int atRisk(CrashState state) {
    return recording.change(state.after()).map(last -> recording.atRisk(last).size()).orElse(0);
  }

  private static long lost(CrashState state) {
    return state.lost().values().stream().filter(BitSet::isEmpty).count();
  }

  private static long torn(CrashState state) {
    return state.lost().size() - lost(state);
  }

  /** One line of JSON. */
  String json() {
    return Json.object(
        json -> {
          json.writeStringField("volume", volume);
          json.writeNumberField("commands", recording.commands());
          json.writeNumberField("changes", recording.changes().size());
          json.writeNumberField("flushes", recording.flushes());
          if (recording.ended().isPresent()) {
            json.writeStringField("ended", recording.ended().get());
          }
          json.writeBooleanField("all", states.complete());
          json.writeNumberField("seed", seed);
          json.writeArrayFieldStart("states");
          for (CrashState state : states.all()) {
            json.writeStartObject();
            json.writeStringField("state", state.toString());
            json.writeNumberField("atRisk", atRisk(state));
            json.writeNumberField("lost", lost(state));
            json.writeNumberField("torn", torn(state));
            json.writeEndObject();
          }
          json.writeEndArray();
          if (check.isPresent()) {
            write(json, check.get());
          }
        });
  }

  private void write(JsonGenerator json, Check all) throws IOException {
    json.writeNumberField("checked", all.states());
    json.writeNumberField("good", all.states() - all.bad().size());
    json.writeArrayFieldStart("bad");
    for (Check.Bad bad : all.bad()) {
      json.writeStartObject();
      json.writeStringField("state", bad.state().toString());
      json.writeNumberField("exitCode", bad.verdict().exitCode());
      json.writeStringField("output", bad.verdict().output());
      json.writeEndObject();
    }
    json.writeEndArray();
    if (all.least().isPresent()) {
      json.writeStringField("least", all.least().get().toString());
      json.writeStringField("again", again(all.least().get()));
    }
  }
}
