package org.untorn.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What the target's judge says of the history of a test: of all that was written since it began,
 * and of what was found after each power cut.
 *
 * @param kept whether every promise was kept, as far as all is known
 * @param whole whether the history is; a long one is cut off
 * @param disks one for each unit
 */
public record Verdict(boolean kept, boolean whole, List<Disk> disks) {

  /**
   * What is said of one unit.
   *
   * @param volume what holds its blocks
   * @param cuts how often the power was cut
   * @param hits how often a write of several blocks was at risk then
   * @param cutsThatTore how often a write was torn, plain ones, which may be, among them
   * @param suspects the defects that it looks like, {@code flush-lies}
   * @param brokenInAll how many promises were not kept
   * @param broken the first thousand of them
   */
  public record Disk(
      String volume,
      long cuts,
      long hits,
      long cutsThatTore,
      List<String> suspects,
      long brokenInAll,
      List<Broken> broken) {

    public Disk {
      suspects = List.copyOf(suspects);
      broken = List.copyOf(broken);
    }
  }

  /**
   * A broken promise.
   *
   * @param promise ATOMICITY, DURABILITY, ORDERING, INTEGRITY or LINEARISABILITY
   * @param fate what became of the range: torn, lost, reordered, misdirected or corrupt
   * @param sentence what happened, in words
   */
  public record Broken(String promise, String fate, String sentence) {}

  public Verdict {
    disks = List.copyOf(disks);
  }

  /** How many promises were not kept, by all units. */
  public long brokenInAll() {
    return disks.stream().mapToLong(Disk::brokenInAll).sum();
  }

  /** How often the power was cut. */
  public long cuts() {
    return disks.stream().mapToLong(Disk::cuts).max().orElse(0);
  }

  /** How often a write of several blocks was at risk then. */
  public long hits() {
    return disks.stream().mapToLong(Disk::hits).sum();
  }

  /** All broken promises of all units, up to a thousand of each. */
  public List<Broken> broken() {
    return disks.stream().flatMap(disk -> disk.broken().stream()).toList();
  }

  /** The defects that any unit looks like. */
  public List<String> suspects() {
    return disks.stream().flatMap(disk -> disk.suspects().stream()).distinct().toList();
  }

  /** Reads {@code /history/verdict}. */
  static Verdict of(JsonNode json) {
    List<Disk> disks = new ArrayList<>();
    json.path("recordings").forEach(disk -> disks.add(disk(disk)));
    return new Verdict(json.path("kept").asBoolean(), json.path("whole").asBoolean(), disks);
  }

  private static Disk disk(JsonNode json) {
    List<String> suspects = new ArrayList<>();
    json.path("suspects").forEach(one -> suspects.add(one.path("defect").asText()));
    List<Broken> broken = new ArrayList<>();
    json.path("findings")
        .forEach(
            one ->
                broken.add(
                    new Broken(
                        one.path("promise").asText(),
                        one.path("fate").asText(),
                        one.path("sentence").asText())));
    return new Disk(
        json.path("name").asText(),
        json.path("cuts").asLong(),
        json.path("hits").asLong(),
        json.at("/cutsWith/torn").asLong(),
        suspects,
        json.path("broken").asLong(),
        broken);
  }
}
