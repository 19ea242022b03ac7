package org.untorn.daemon.volume;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.untorn.daemon.config.Size;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn volume}: manages the volumes of a pool, whether or not a daemon serves them. */
@Command(
    name = "volume",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = {ExportCommand.class, ImportCommand.class},
    header = "Manage volumes, snapshots and clones, also while they are served.",
    description = {
      "",
      "A volume holds the blocks of a disk and takes room only for what is written. A snapshot keeps",
      "what a volume holds at one moment, read-only; a clone is a volume that begins as another or",
      "as a snapshot. Both are made at once, however large, and share what they have in common.",
      "",
      "If 'untorn serve' runs on the directory, it is asked; else the directory is opened here."
    },
    footer = {
      "",
      "Examples:",
      "  untorn volume list",
      "  untorn volume create vm1 --size 64GiB",
      "  untorn volume snapshot vm1 vm1-monday",
      "  untorn volume clone vm1-monday vm1-test",
      "  untorn volume rollback vm1 vm1-monday",
      "  untorn volume resize vm1 128GiB",
      "  untorn volume export vm1 vm1.qcow2",
      "  zcat disk.img.gz | untorn volume import vm2 -",
      "",
      "Exit codes: 0 done, 1 it failed, 2 it was asked for something that cannot be."
    })
public final class VolumeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Without a verb: says what there is. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return spec.exitCodeOnInvalidInput();
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      header = "Show all volumes and snapshots, what they hold, and who serves them.")
  int list(@Mixin VolumeOptions options) {
    VolumeReport report = new VolumeReport(spec, options.json());
    return used(options, report, false, admin -> report.list(admin.list()));
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      header = "Make an empty volume; the pool, too, if there is none.")
  int create(
      @Parameters(paramLabel = "NAME", description = "Its name.") String name,
      @Option(
              names = "--size",
              paramLabel = "SIZE",
              required = true,
              description = "Its capacity, with a suffix like MiB, GiB, TiB.")
          Size size,
      @Option(
              names = "--block-size",
              paramLabel = "BYTES",
              description = "Bytes per logical block, 512 or 4096. Default: 512.")
          Optional<Size> blockSize,
      @Option(
              names = "--protection",
              paramLabel = "TYPE",
              defaultValue = "0",
              description =
                  "Protection information (T10 DIF) with each block: type 1, 2 or 3. Default: 0,"
                      + " none.")
          int protection,
      @Mixin VolumeOptions options) {
    int block = blockSize(blockSize);
    return perform(
        options, true, new VolumeRequest.Create(name, size, block, protection), "created %s");
  }

  @Command(
      name = "resize",
      mixinStandardHelpOptions = true,
      header = "Give a volume another capacity; initiators are told.")
  int resize(
      @Parameters(paramLabel = "NAME", description = "The volume.") String name,
      @Parameters(paramLabel = "SIZE", description = "The new capacity.") Size size,
      @Option(names = "--shrink", description = "Let it become smaller: what lies behind is lost.")
          boolean shrink,
      @Mixin VolumeOptions options) {
    return perform(options, false, new VolumeRequest.Resize(name, size, shrink), "resized %s");
  }

  @Command(
      name = "snapshot",
      mixinStandardHelpOptions = true,
      header = "Keep what a volume holds now, read-only.")
  int snapshot(
      @Parameters(paramLabel = "VOLUME", description = "What is kept.") String volume,
      @Parameters(paramLabel = "NAME", description = "The snapshot's name.") String name,
      @Mixin VolumeOptions options) {
    return perform(options, false, new VolumeRequest.Snapshot(volume, name), "made %s");
  }

  @Command(
      name = "clone",
      mixinStandardHelpOptions = true,
      header = "Make a volume that begins as another volume or a snapshot.")
  int branch(
      @Parameters(paramLabel = "ORIGIN", description = "A volume or snapshot.") String origin,
      @Parameters(paramLabel = "NAME", description = "The new volume's name.") String name,
      @Mixin VolumeOptions options) {
    return perform(options, false, new VolumeRequest.Clone(origin, name), "made %s");
  }

  @Command(
      name = "rollback",
      mixinStandardHelpOptions = true,
      header = "Let a volume hold again what a snapshot holds; the snapshot remains.",
      description = {
        "",
        "What was written since is lost. While initiators are logged in it is refused, for they go",
        "on with what they remember; with --force they are told that the medium may have changed."
      })
  int rollback(
      @Parameters(paramLabel = "VOLUME", description = "The volume.") String volume,
      @Parameters(paramLabel = "SNAPSHOT", description = "What it goes back to.") String snapshot,
      @Option(names = "--force", description = "Even while initiators are logged in.")
          boolean force,
      @Mixin VolumeOptions options) {
    return perform(
        options, false, new VolumeRequest.Rollback(volume, snapshot, force), "rolled back %s");
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      header = "Remove a volume or snapshot that is not served.")
  int delete(
      @Parameters(paramLabel = "NAME", description = "A volume or snapshot.") String name,
      @Mixin VolumeOptions options) {
    return perform(options, false, new VolumeRequest.Delete(name), "deleted %s");
  }

  private int perform(VolumeOptions options, boolean make, VolumeRequest request, String done) {
    VolumeReport report = new VolumeReport(spec, options.json());
    return used(options, report, make, admin -> report.answer(done, admin.perform(request)));
  }

  private static int used(
      VolumeOptions options, VolumeReport report, boolean make, VolumeOptions.Use use) {
    try {
      return options.use(make, use);
    } catch (IOException problem) {
      return report.failed(problem);
    }
  }

  /** As an integer; what is no block size is refused where blocks are made. */
  static int blockSize(Optional<Size> said) {
    return (int) Math.min(said.map(Size::bytes).orElse(512L), Integer.MAX_VALUE);
  }
}
