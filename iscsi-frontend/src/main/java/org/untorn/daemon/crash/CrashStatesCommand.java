package org.untorn.daemon.crash;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.control.DaemonAnswer;
import org.untorn.daemon.control.DaemonOption;
import org.untorn.daemon.volume.QemuImg;
import org.untorn.daemon.volume.RecordingNames;
import org.untorn.daemon.volume.VolumeAdmin;
import org.untorn.daemon.volume.VolumeAnswer;
import org.untorn.daemon.volume.VolumeInfo;
import org.untorn.daemon.volume.VolumeOptions;
import org.untorn.daemon.volume.VolumeReport;
import org.untorn.daemon.volume.VolumeRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn crash-states}: explores what a power cut may leave of a recorded run. */
@Command(
    name = "crash-states",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = ListStatesCommand.class,
    header = "Explore every state that a power cut may have left of a recorded run.",
    description = {
      "",
      "A daemon that was started with --record records what is written to its disks, in its pool.",
      "After each command the power might have gone: what was flushed, or written with FUA, is there;",
      "of all else each block of a plain write is there or not, an atomic write is whole or absent.",
      "",
      "While a daemon serves the pool it is asked, else the directory is opened here."
    },
    footer = {
      "",
      "Examples:",
      "  untorn serve --record                                 and then use the disk",
      "  untorn crash-states record disk0-lun0                 begin anew, say after mkfs",
      "  untorn crash-states list disk0-lun0 --run 'fsck.ext4 -fn {}'",
      "  untorn crash-states export disk0-lun0 57~41 bad.img",
      "  untorn crash-states mount disk0-lun0 57~41 crashed    a volume, to be served",
      "",
      "Exit codes: 0 done, 1 it failed or a state is bad, 2 it was asked for something that cannot",
      "be."
    })
public final class CrashStatesCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Without a verb: says what there is. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return spec.exitCodeOnInvalidInput();
  }

  @Command(
      name = "record",
      mixinStandardHelpOptions = true,
      header = "Let a daemon that was started with --record begin anew, or end.",
      description = {
        "",
        "What the volume holds now is the base, and taken for durable. The recording before is gone,",
        "but not the volumes made of it. Without a volume: how all recordings are."
      })
  int record(
      @Parameters(paramLabel = "VOLUME", arity = "0..1", description = "The volume.")
          Optional<String> volume,
      @Option(names = "--stop", description = "Record nothing more.") boolean stop,
      @Mixin DaemonOption daemon,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    if (volume.isEmpty()) {
      return new DaemonAnswer(
              spec, (out, all) -> all.path("recordings").forEach(one -> print(out, one)))
          .show(asJson, () -> daemon.ask("GET", "/recordings"));
    }
    return new DaemonAnswer(spec, CrashStatesCommand::print)
        .show(
            asJson,
            () ->
                daemon.ask(
                    "POST",
                    "/recordings/" + volume.get(),
                    body -> body.writeBooleanField("record", !stop)));
  }

  private static void print(PrintWriter out, JsonNode recording) {
    out.printf(
        "%s: %s, %d commands in %d of %d bytes%s%n",
        recording.path("volume").asText(),
        recording.path("recording").asBoolean() ? "recording" : "not recording",
        recording.path("commands").asLong(),
        recording.path("bytes").asLong(),
        recording.path("limit").asLong(),
        recording.has("ended") ? "; it ended: " + recording.path("ended").asText() : "");
  }

  @Command(
      name = "mount",
      mixinStandardHelpOptions = true,
      header = "Make a volume of a state, to be written and served like any other.",
      description = {
        "",
        "What was durable then is made once and shared; each volume takes room only for what was not.",
        "It is served by 'untorn serve --volume NAME'; or a volume that is served becomes it by",
        "'untorn volume snapshot NAME S' and 'untorn volume rollback VOLUME S'."
      })
  int mount(
      @Parameters(paramLabel = "VOLUME", description = "The volume that was recorded.")
          String volume,
      @Parameters(paramLabel = "STATE", description = "As 'list' names it.") String state,
      @Parameters(paramLabel = "NAME", description = "The new volume's name.") String name,
      @Mixin VolumeOptions options) {
    VolumeReport report = new VolumeReport(spec, options.json());
    return with(
        options,
        report,
        volume,
        state,
        Path.of(System.getProperty("java.io.tmpdir")),
        (admin, run, found) -> report.answer("made %s", run.mount(admin, found, name)));
  }

  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      header = "Write an image of a state; it has its name when it is whole.")
  int export(
      @Parameters(paramLabel = "VOLUME", description = "The volume that was recorded.")
          String volume,
      @Parameters(paramLabel = "STATE", description = "As 'list' names it.") String state,
      @Parameters(paramLabel = "FILE", description = "The image.") Path file,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              description =
                  "raw, or one that qemu-img makes: qcow2, vmdk, vdi, vhdx, vpc. Default: as the"
                      + " file's name ends, else raw.")
          Optional<String> format,
      @Option(names = "--force", description = "Replace the file if it is there.") boolean force,
      @Mixin VolumeOptions options) {
    VolumeReport report = new VolumeReport(spec, options.json());
    if (Files.exists(file) && !force) {
      return report.impossible(file + " is there already; say --force to replace it");
    }
    String wanted = format.orElse(QemuImg.formatOf(file.toString()));
    return with(
        options,
        report,
        volume,
        state,
        Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/")),
        (admin, run, found) -> {
          StateImage raw = run.image("raw");
          raw.become(found);
          Path image = raw.path();
          if (!wanted.equals(QemuImg.RAW)) {
            image = run.file("converted");
            QemuImg.convert(raw.path(), QemuImg.RAW, image, wanted);
          }
          Files.setLastModifiedTime(image, FileTime.from(Instant.now()));
          Files.move(image, file, StandardCopyOption.REPLACE_EXISTING);
          VolumeInfo of = admin.list().find(volume).orElseThrow();
          return report.answer("exported state " + found + " of %s", new VolumeAnswer.Done(of));
        });
  }

  @Command(
      name = "forget",
      mixinStandardHelpOptions = true,
      header = "Remove a recording; volumes that were made of its states remain.")
  int forget(
      @Parameters(paramLabel = "VOLUME", description = "The volume that was recorded.")
          String volume,
      @Mixin VolumeOptions options) {
    VolumeReport report = new VolumeReport(spec, options.json());
    RecordingNames names = new RecordingNames(volume);
    try {
      return options.use(
          false,
          admin -> {
            Optional<VolumeAnswer> last = Optional.empty();
            for (VolumeInfo one : admin.list().volumes()) {
              if (names.owns(one.name())) {
                last = Optional.of(admin.perform(new VolumeRequest.Delete(one.name())));
              }
            }
            return last.isEmpty()
                ? report.impossible("nothing is recorded of " + volume)
                : report.answer("forgot the recording; its last part was %s", last.get());
          });
    } catch (IOException problem) {
      return report.failed(problem);
    }
  }

  /** Does something with a state. */
  private interface Use {
    int of(VolumeAdmin admin, RecordedRun run, CrashState state) throws IOException;
  }

  private static int with(
      VolumeOptions options,
      VolumeReport report,
      String volume,
      String text,
      Path temporary,
      Use use) {
    try {
      return options.use(
          false,
          admin -> {
            try (RecordedRun run = RecordedRun.open(admin, volume, temporary)) {
              return switch (CrashState.parse(text, run.recording())) {
                case Parsed.Wrong<CrashState>(String why) -> report.impossible(why);
                case Parsed.Value<CrashState>(CrashState state) -> use.of(admin, run, state);
              };
            }
          });
    } catch (FileSystemException problem) {
      return report.impossible(
          "cannot write %s (%s)".formatted(problem.getFile(), problem.getClass().getSimpleName()));
    } catch (IOException problem) {
      return report.failed(problem);
    }
  }
}
