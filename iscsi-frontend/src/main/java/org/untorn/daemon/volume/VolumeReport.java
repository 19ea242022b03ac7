package org.untorn.daemon.volume;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.volume.VolumeAnswer.Done;
import org.untorn.daemon.volume.VolumeAnswer.Refused;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What {@code untorn volume} prints, and how it ends: 0 done, 1 it failed, 2 it was asked for
 * something that cannot be.
 */
public record VolumeReport(CommandSpec spec, boolean json) {

  private static final List<String> HEADINGS =
      List.of("NAME", "KIND", "SIZE", "DATA", "BLOCK", "SERVED AS");

  /** A table, or one line of JSON. */
  int list(PoolInfo pool) {
    print(json ? pool.json() : table(pool));
    return spec.exitCodeOnSuccess();
  }

  /** What was done, in words, or the volume as JSON; or why it was not. */
  public int answer(String done, VolumeAnswer answer) {
    return switch (answer) {
      case Done(VolumeInfo volume) -> {
        print(json ? Json.object(volume::write) : done.formatted(described(volume)));
        yield spec.exitCodeOnSuccess();
      }
      case Refused(VolumeAnswer.Reason reason, String why) -> {
        complain(why);
        yield reason == VolumeAnswer.Reason.FAILED
            ? spec.exitCodeOnExecutionException()
            : spec.exitCodeOnInvalidInput();
      }
    };
  }

  /** It failed. */
  public int failed(Exception problem) {
    complain(String.valueOf(problem.getMessage()));
    return spec.exitCodeOnExecutionException();
  }

  /** It cannot be. */
  public int impossible(String why) {
    complain(why);
    return spec.exitCodeOnInvalidInput();
  }

  private void complain(String why) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("untorn: " + why.lines().collect(Collectors.joining("; ")));
    err.flush();
  }

  private void print(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }

  private static String described(VolumeInfo volume) {
    return "%s, a %s of %s in blocks of %d bytes%s, %s of it data"
        .formatted(
            volume.name(),
            volume.kind(),
            new Size(volume.geometry().bytes()),
            volume.geometry().dataLength(),
            protection(volume),
            round(volume.mappedBytes()));
  }

  private static String protection(VolumeInfo volume) {
    int type = volume.geometry().protection();
    return type == 0 ? "" : " with protection information of type " + type;
  }

  /** {@code 512}, or with protection information {@code 512+8/1}. */
  private static String block(VolumeInfo volume) {
    int type = volume.geometry().protection();
    return volume.geometry().dataLength() + (type == 0 ? "" : "+8/" + type);
  }

  private static String table(PoolInfo pool) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (VolumeInfo volume : pool.volumes()) {
      String luns =
          volume.luns().stream().map(VolumeInfo.Lun::toString).collect(Collectors.joining(" "));
      rows.add(
          List.of(
              volume.name(),
              volume.kind(),
              new Size(volume.geometry().bytes()).toString(),
              round(volume.mappedBytes()),
              block(volume),
              luns.isEmpty() ? "-" : luns));
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(each -> each.get(at).length()).max().orElse(0);
        line.append(("%-" + width + "s  ").formatted(row.get(column)));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text + "%s of %s used".formatted(round(pool.used()), round(pool.capacity()));
  }

  /** In the largest unit of which there are ten; what is exact is said by {@code --json}. */
  private static String round(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int unit = 0;
    long left = bytes;
    while (left >= 10_240) {
      left = (left + 512) >> 10;
      unit++;
    }
    return left + units[unit];
  }
}
