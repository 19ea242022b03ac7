package org.untorn.daemon.limits;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.untorn.core.UnitProfile;
import org.untorn.daemon.config.BlockCount;
import org.untorn.daemon.config.Parsed;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.BlockLimits;

/**
 * One field of the Block Limits VPD page that can be set, by all the names that users know: its key
 * here, and those of LIO's attributes and scsi_debug's parameters. Upper case, {@code -} and {@code
 * _} make no difference in a name.
 */
public enum Limit {
  MAXIMUM_TRANSFER_LENGTH(
      "maximumTransferLength",
      1,
      UnitProfile.MAXIMUM_TRANSFER_LENGTH,
      BlockLimits::maximumTransferLength),
  OPTIMAL_TRANSFER_LENGTH(
      "optimalTransferLength",
      0,
      UnitProfile.MAXIMUM_TRANSFER_LENGTH,
      BlockLimits::optimalTransferLength,
      "optimal_sectors",
      "opt_blks"),
  OPTIMAL_TRANSFER_LENGTH_GRANULARITY(
      "optimalTransferLengthGranularity", 0, 0xFFFF, BlockLimits::optimalTransferLengthGranularity),
  MAXIMUM_COMPARE_AND_WRITE_LENGTH(
      "maximumCompareAndWriteLength", 1, 0xFF, BlockLimits::maximumCompareAndWriteLength),
  MAXIMUM_UNMAP_LBA_COUNT(
      "maximumUnmapLbaCount",
      1,
      BlockLimits.UNLIMITED,
      BlockLimits::maximumUnmapLbaCount,
      "max_unmap_lba_count",
      "unmap_max_blocks"),
  MAXIMUM_UNMAP_BLOCK_DESCRIPTOR_COUNT(
      "maximumUnmapBlockDescriptorCount",
      1,
      BlockLimits.UNLIMITED,
      BlockLimits::maximumUnmapBlockDescriptorCount,
      "max_unmap_block_desc_count",
      "unmap_max_desc"),
  OPTIMAL_UNMAP_GRANULARITY(
      "optimalUnmapGranularity",
      0,
      0xFFFF_FFFFL,
      BlockLimits::optimalUnmapGranularity,
      "unmap_granularity"),
  UNMAP_GRANULARITY_ALIGNMENT(
      "unmapGranularityAlignment",
      0,
      0x7FFF_FFFF,
      limits -> limits.unmapGranularityAlignment().orElse(0),
      "unmap_granularity_alignment",
      "unmap_alignment"),
  MAXIMUM_WRITE_SAME_LENGTH(
      "maximumWriteSameLength",
      1,
      0xFFFF,
      BlockLimits::maximumWriteSameLength,
      "max_write_same_len",
      "write_same_length"),
  ATOMIC_MAX(
      "atomicMax",
      0,
      UnitProfile.MAXIMUM_TRANSFER_LENGTH,
      limits -> limits.atomic().maximumTransferLength(),
      "atomic_max_len",
      "atomic_wr_max_length"),
  ATOMIC_ALIGNMENT(
      "atomicAlignment",
      0,
      0xFFFF_FFFFL,
      limits -> limits.atomic().alignment(),
      "atomic_alignment",
      "atomic_wr_align"),
  ATOMIC_GRANULARITY(
      "atomicGranularity",
      0,
      0xFFFF_FFFFL,
      limits -> limits.atomic().granularity(),
      "atomic_granularity",
      "atomic_wr_gran"),
  ATOMIC_MAX_WITH_BOUNDARY(
      "atomicMaxWithBoundary",
      0,
      UnitProfile.MAXIMUM_TRANSFER_LENGTH,
      limits -> limits.atomic().maximumTransferLengthWithBoundary(),
      "atomic_max_with_boundary",
      "atomic_wr_max_length_bndry"),
  ATOMIC_BOUNDARY_MAX(
      "atomicBoundaryMax",
      0,
      0xFFFF_FFFFL,
      limits -> limits.atomic().maximumBoundarySize(),
      "atomic_max_boundary",
      "atomic_wr_max_bndry");

  private final String key;
  private final long least;
  private final long most;

  @SuppressWarnings("ImmutableEnumChecker") // A function without state.
  private final ToLongFunction<BlockLimits> value;

  @SuppressWarnings("ImmutableEnumChecker") // What List.of gives does not change.
  private final List<String> aliases;

  Limit(String key, long least, long most, ToLongFunction<BlockLimits> value, String... aliases) {
    this.key = key;
    this.least = least;
    this.most = most;
    this.value = value;
    this.aliases = List.of(aliases);
  }

  /** Its name in JSON and on the command line. */
  public String key() {
    return key;
  }

  /** What else it is called. */
  public List<String> aliases() {
    return aliases;
  }

  /** Its value. */
  public long of(BlockLimits limits) {
    return value.applyAsLong(limits);
  }

  /** The limit that goes by a name. */
  public static Parsed<Limit> named(String name) {
    Optional<Limit> found =
        Arrays.stream(values())
            .filter(
                limit ->
                    plain(limit.key).equals(plain(name))
                        || limit.aliases.stream().anyMatch(one -> plain(one).equals(plain(name))))
            .findFirst();
    return found.isPresent()
        ? Parsed.value(found.get())
        : Parsed.wrong(
            "no limit is named '%s'; there are %s"
                .formatted(
                    name,
                    Arrays.stream(values()).map(Limit::key).collect(Collectors.joining(", "))));
  }

  private static String plain(String name) {
    return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
  }

  /** Reads a value: blocks, or bytes with a suffix. */
  public Parsed<Long> parse(String text, int blockSize) {
    return switch (BlockCount.parse(text).then(count -> count.blocks(blockSize))) {
      case Parsed.Value<Long>(Long blocks) when blocks >= least && blocks <= most ->
          Parsed.value(blocks);
      case Parsed.Value<Long>(Long blocks) ->
          Parsed.wrong("%s cannot be %d: %d to %d can".formatted(key, blocks, least, most));
      case Parsed.Wrong<Long>(String why) -> Parsed.wrong(key + ": " + why);
    };
  }

  /** Limits with some of them replaced; the values are such as {@link #parse} gives. */
  public static BlockLimits replace(BlockLimits limits, Map<Limit, Long> by) {
    ToLongFunction<Limit> now = limit -> by.getOrDefault(limit, limit.of(limits));
    return new BlockLimits(
        limits.wsnz(),
        Math.toIntExact(now.applyAsLong(MAXIMUM_COMPARE_AND_WRITE_LENGTH)),
        Math.toIntExact(now.applyAsLong(OPTIMAL_TRANSFER_LENGTH_GRANULARITY)),
        now.applyAsLong(MAXIMUM_TRANSFER_LENGTH),
        now.applyAsLong(OPTIMAL_TRANSFER_LENGTH),
        limits.maximumPrefetchLength(),
        now.applyAsLong(MAXIMUM_UNMAP_LBA_COUNT),
        now.applyAsLong(MAXIMUM_UNMAP_BLOCK_DESCRIPTOR_COUNT),
        now.applyAsLong(OPTIMAL_UNMAP_GRANULARITY),
        OptionalLong.of(now.applyAsLong(UNMAP_GRANULARITY_ALIGNMENT)),
        now.applyAsLong(MAXIMUM_WRITE_SAME_LENGTH),
        new AtomicLimits(
            now.applyAsLong(ATOMIC_MAX),
            now.applyAsLong(ATOMIC_ALIGNMENT),
            now.applyAsLong(ATOMIC_GRANULARITY),
            now.applyAsLong(ATOMIC_MAX_WITH_BOUNDARY),
            now.applyAsLong(ATOMIC_BOUNDARY_MAX)));
  }
}
