package org.untorn.daemon.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.untorn.core.UnitProfile;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.AtomicProfile;

/**
 * What a user said of a logical unit; what is left open gets its default.
 *
 * @param number the LUN; default: its place in the list
 * @param volume the volume's name; default: made of the target's name and the LUN
 * @param size default 1GiB
 * @param blockSize default 512
 * @param physicalBlockSize default 4096
 * @param profile the preset that the atomic limits start from; default "default"
 * @param protection the type of protection information; default: the volume's, and none if it is
 *     made
 * @param medium what the medium is like
 */
public record LunSettings(
    Optional<Integer> number,
    Optional<String> volume,
    Optional<Size> size,
    Optional<Integer> blockSize,
    Optional<Integer> physicalBlockSize,
    Optional<String> profile,
    Atomic atomic,
    Optional<Integer> protection,
    MediumConfig medium) {

  /** Of protection information nothing is said, and the medium is the usual one. */
  public LunSettings(
      Optional<Integer> number,
      Optional<String> volume,
      Optional<Size> size,
      Optional<Integer> blockSize,
      Optional<Integer> physicalBlockSize,
      Optional<String> profile,
      Atomic atomic) {
    this(
        number,
        volume,
        size,
        blockSize,
        physicalBlockSize,
        profile,
        atomic,
        Optional.empty(),
        MediumConfig.FIXED);
  }

  /** What a user said of single atomic limits, over the profile's. */
  public record Atomic(
      Optional<BlockCount> max,
      Optional<BlockCount> alignment,
      Optional<BlockCount> granularity,
      Optional<BlockCount> maxWithBoundary,
      Optional<BlockCount> boundaryMax) {

    /** Nothing: the profile's limits stand. */
    public static final Atomic UNSAID =
        new Atomic(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  private static final int MAXIMUM_LUN = 16_383;
  private static final long LARGEST_LIMIT = 0xffff_ffffL;
  private static final int MAXIMUM_VOLUME_NAME = 64;
  private static final Pattern VOLUME_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

  /**
   * Fills in the defaults and checks the whole.
   *
   * @param target the target's name
   * @param place the place in the target's list, from 0
   */
  public Parsed<LunConfig> settle(String target, int place) {
    int lun = number.orElse(place);
    if (lun < 0 || lun > MAXIMUM_LUN) {
      return Parsed.wrong("LUN " + lun + " is not between 0 and " + MAXIMUM_LUN);
    }
    String name = volume.orElseGet(() -> volumeName(target, lun));
    if (!VOLUME_NAME.matcher(name).matches()) {
      return Parsed.wrong(
          "'%s' is no volume name: up to 64 letters, digits, '.', '_' and '-', and no '.' or '-' first"
              .formatted(name));
    }
    int block = blockSize.orElse(LunConfig.DEFAULT_BLOCK_SIZE);
    if (block != 512 && block != 4096) {
      return Parsed.wrong("a block size of " + block + ": 512 and 4096 are supported");
    }
    int physical = physicalBlockSize.orElse(LunConfig.DEFAULT_PHYSICAL_BLOCK_SIZE);
    if (physical != 512 && physical != 4096) {
      return Parsed.wrong("a physical block size of " + physical + ": 512 and 4096 are supported");
    }
    if (physical < block) {
      return Parsed.wrong(
          "physical blocks of %d bytes are smaller than logical ones of %d"
              .formatted(physical, block));
    }
    Size capacity = size.orElse(LunConfig.DEFAULT_SIZE);
    if (capacity.bytes() % block != 0) {
      return Parsed.wrong(
          "a size of %s is not a whole number of blocks of %d bytes".formatted(capacity, block));
    }
    if (protection.filter(type -> type < 0 || type > 3).isPresent()) {
      return Parsed.wrong(
          "protection information of type %d: 0 (none), 1, 2 and 3 are supported"
              .formatted(protection.get()));
    }
    return limits(profile, atomic, block)
        .then(
            limits ->
                Parsed.value(
                    new LunConfig(lun, name, size, block, physical, limits, protection, medium)));
  }

  /** Reads a logical unit number. */
  static Parsed<Integer> lun(String text) {
    return text.matches("\\d{1,5}") && Integer.parseInt(text) <= MAXIMUM_LUN
        ? Parsed.value(Integer.parseInt(text))
        : Parsed.wrong("'%s' is no LUN: 0 to %d".formatted(text, MAXIMUM_LUN));
  }

  /**
   * The limits that a profile and what is said over it come to.
   *
   * @param block bytes per logical block
   */
  public static Parsed<AtomicLimits> limits(Optional<String> profile, Atomic atomic, int block) {
    String profileName = profile.orElse(AtomicProfile.DEFAULT.name());
    Optional<AtomicProfile> preset = AtomicProfile.named(profileName);
    if (preset.isEmpty()) {
      return Parsed.wrong(
          "no profile is named '%s'; there are %s"
              .formatted(
                  profileName,
                  String.join(", ", AtomicProfile.ALL.stream().map(AtomicProfile::name).toList())));
    }
    AtomicLimits base = preset.get().limits();
    return Parsed.all(
            List.of(
                blocks(atomic.max, base.maximumTransferLength(), block),
                blocks(atomic.alignment, base.alignment(), block),
                blocks(atomic.granularity, base.granularity(), block),
                blocks(atomic.maxWithBoundary, base.maximumTransferLengthWithBoundary(), block),
                blocks(atomic.boundaryMax, base.maximumBoundarySize(), block)))
        .then(LunSettings::allowed);
  }

  private static Parsed<Long> blocks(Optional<BlockCount> said, long preset, int block) {
    return said.isEmpty() ? Parsed.value(preset) : said.get().blocks(block);
  }

  private static Parsed<AtomicLimits> allowed(List<Long> five) {
    if (five.stream().anyMatch(limit -> limit > LARGEST_LIMIT)) {
      return Parsed.wrong("an atomic limit has 32 bits: at most " + LARGEST_LIMIT + " blocks");
    }
    AtomicLimits limits =
        new AtomicLimits(five.get(0), five.get(1), five.get(2), five.get(3), five.get(4));
    List<String> violations = limits.violations(UnitProfile.MAXIMUM_TRANSFER_LENGTH);
    return violations.isEmpty()
        ? Parsed.value(limits)
        : Parsed.wrong(String.join("; ", violations));
  }

  /** The part of the target's name that its owner chose, and the LUN: {@code disk0-lun0}. */
  private static String volumeName(String target, int lun) {
    String chosen = target.substring(target.indexOf(':') + 1).replaceAll("[^A-Za-z0-9._-]", "-");
    String end = "-lun" + lun;
    int room = MAXIMUM_VOLUME_NAME - end.length();
    return chosen.substring(0, Math.min(chosen.length(), room)) + end;
  }
}
