package org.untorn.daemon.config;

/**
 * A number of logical blocks as a user writes it: a bare number is blocks, one with a suffix
 * ({@code 64KiB}, {@code 4096B}) is bytes.
 *
 * @param amount blocks or bytes, at least 0
 * @param inBytes which of the two
 */
public record BlockCount(long amount, boolean inBytes) {

  /** Reads a number of blocks. */
  public static Parsed<BlockCount> parse(String text) {
    boolean bare = text.strip().chars().allMatch(Character::isDigit);
    return switch (Size.parse(text)) {
      case Parsed.Value<Size>(Size size) -> Parsed.value(new BlockCount(size.bytes(), !bare));
      case Parsed.Wrong<Size> _ ->
          Parsed.wrong(
              "'" + text + "' is neither a number of blocks like 128 nor a size like 64KiB");
    };
  }

  /** The number of blocks of {@code blockSize} bytes. */
  public Parsed<Long> blocks(int blockSize) {
    if (!inBytes) {
      return Parsed.value(amount);
    }
    return amount % blockSize == 0
        ? Parsed.value(amount / blockSize)
        : Parsed.wrong(
            new Size(amount) + " is not a whole number of blocks of " + blockSize + " bytes");
  }
}
