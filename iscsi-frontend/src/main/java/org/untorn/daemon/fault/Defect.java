package org.untorn.daemon.fault;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.fault.Corruption;
import org.untorn.backstore.fault.DivertedAtomicWrites;
import org.untorn.backstore.fault.Rewriting;
import org.untorn.backstore.fault.SkippedFlushes;
import org.untorn.backstore.fault.TornWrites;
import org.untorn.core.LogicalUnit;
import org.untorn.core.fault.PlainInstead;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Parsed;

/**
 * The ways in which a device breaks a promise that it makes: what a checker must find. Each is a
 * filter between a disk and its volume, or in front of the disk; several may stand together.
 */
public enum Defect {
  TEARS_LONG_ATOMIC_WRITES("tears atomic writes of more than 4096 bytes, whatever it claims"),
  ATOMIC_ONLY_WHEN_ALIGNED(
      "tears atomic writes that do not start at a multiple of their own length"),
  IGNORES_BOUNDARY("carries WRITE ATOMIC with an ATOMIC BOUNDARY out as a plain write"),
  FUA_LIES("answers writes with FUA, or without a write cache, before they are durable"),
  FLUSH_LIES("answers SYNCHRONIZE CACHE at once, and does nothing"),
  REORDERS_ACROSS_FLUSHES(
      "ignores every other SYNCHRONIZE CACHE, so that later writes survive earlier ones"),
  TEARS_ON_POWER_LOSS("shows readers whole atomic writes, and tears them when the power is cut"),
  FORGETS_GRANULARITY("takes atomic writes of any length, and tears those between the granules"),
  CORRUPTS_SILENTLY("flips one bit in one of a hundred writes");

  private static final int TEARS_ABOVE = 4096;
  private static final int CORRUPTS_ONE_IN = 100;

  private final String description;

  Defect(String description) {
    this.description = description;
  }

  /** What the user calls it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What it does, in half a sentence. */
  public String description() {
    return description;
  }

  /** Reads a label. */
  public static Parsed<Defect> parse(String label) {
    Optional<Defect> found =
        Arrays.stream(values()).filter(defect -> defect.label().equals(label)).findFirst();
    return found
        .map(Parsed::value)
        .orElse(Parsed.wrong("there is no defect '" + label + "'; there are " + labels()));
  }

  private static String labels() {
    return Arrays.stream(values()).map(Defect::label).collect(Collectors.joining(", "));
  }

  /** The volume as this defect shows it to the disk. */
  BlockStore over(BlockStore volume, long seed) {
    return switch (this) {
      case TEARS_LONG_ATOMIC_WRITES ->
          new DivertedAtomicWrites(
              volume,
              write -> BlockOperation.length(write.data()) > TEARS_ABOVE,
              new TornWrites(volume));
      case ATOMIC_ONLY_WHEN_ALIGNED ->
          new DivertedAtomicWrites(
              volume,
              write -> !isAligned(write, volume.geometry().blockLength()),
              new TornWrites(volume));
      case FUA_LIES -> new Rewriting(volume, Defect::withoutFua);
      case FLUSH_LIES -> new SkippedFlushes(volume, _ -> true);
      case REORDERS_ACROSS_FLUSHES -> new SkippedFlushes(volume, number -> number % 2 == 1);
      case TEARS_ON_POWER_LOSS -> new Rewriting(volume, Defect::plain);
      case CORRUPTS_SILENTLY -> new Rewriting(volume, new Corruption(seed, CORRUPTS_ONE_IN));
      case IGNORES_BOUNDARY, FORGETS_GRANULARITY -> volume;
    };
  }

  /** The disk as this defect shows it to initiators. */
  LogicalUnit around(LogicalUnit unit, LunConfig config) {
    return switch (this) {
      case IGNORES_BOUNDARY -> PlainInstead.withBoundary(unit);
      case FORGETS_GRANULARITY ->
          PlainInstead.betweenGranules(unit, Math.max(1, config.atomic().granularity()));
      case TEARS_LONG_ATOMIC_WRITES,
          ATOMIC_ONLY_WHEN_ALIGNED,
          FUA_LIES,
          FLUSH_LIES,
          REORDERS_ACROSS_FLUSHES,
          TEARS_ON_POWER_LOSS,
          CORRUPTS_SILENTLY ->
          unit;
    };
  }

  private static boolean isAligned(BlockOperation.AtomicWrite write, int blockLength) {
    long blocks = Math.max(1, BlockOperation.length(write.data()) / blockLength);
    return write.lba() % blocks == 0;
  }

  private static BlockOperation plain(BlockOperation operation) {
    return operation instanceof BlockOperation.AtomicWrite(var lba, var data, var durability)
        ? new BlockOperation.Write(lba, data, durability)
        : operation;
  }

  private static BlockOperation withoutFua(BlockOperation operation) {
    return switch (operation) {
      case BlockOperation.Write(var lba, var data, var _) ->
          new BlockOperation.Write(lba, data, Durability.APPENDED);
      case BlockOperation.AtomicWrite(var lba, var data, var _) ->
          new BlockOperation.AtomicWrite(lba, data, Durability.APPENDED);
      case BlockOperation.CompareAndWrite(var lba, var expected, var data, var _) ->
          new BlockOperation.CompareAndWrite(lba, expected, data, Durability.APPENDED);
      case BlockOperation.Unmap(var extents, var _) ->
          new BlockOperation.Unmap(extents, Durability.APPENDED);
      case BlockOperation.Read _, BlockOperation.Status _, BlockOperation.Flush _ -> operation;
    };
  }
}
