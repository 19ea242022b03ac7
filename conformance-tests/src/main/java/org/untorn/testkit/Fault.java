package org.untorn.testkit;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * A rule: what it is about, then what happens.
 *
 * <pre>{@code
 * Fault.on("read").lba(100, 8).nth(3).sense("03/11/00")
 * Fault.on("write-atomic").chance(0.01).busy()
 * Fault.on("write").next(1).hold()
 * Fault.onPdu("scsi-response").nth(2).does("reset-connection")
 * }</pre>
 *
 * The target checks it when it is added; {@code untorn fault --help} has the whole language.
 *
 * @param text the rule as the target takes it
 */
public record Fault(String text) {

  /** What a rule is about; each method narrows it. Immutable. */
  public static final class Match {

    private final String words;

    private Match(String words) {
      this.words = words;
    }

    private Match and(String word) {
      return new Match(words.isEmpty() ? word : words + " " + word);
    }

    /** Only of this unit. */
    public Match lun(int lun) {
      return and("lun=" + lun);
    }

    /** Only of an initiator; the name may end in {@code *}. */
    public Match initiator(String name) {
      return and("initiator=" + name);
    }

    /** Only what touches one of these blocks. */
    public Match lba(long first, long blocks) {
      return and("lba=" + first + "+" + blocks);
    }

    /** Only the n-th that fits, from 1 on. */
    public Match nth(long n) {
      return and("nth=" + n);
    }

    /** Only the next n that fit. */
    public Match next(long n) {
      return and("next=" + n);
    }

    /** Every n-th that fits. */
    public Match every(long n) {
      return and("every=" + n);
    }

    /** Each with a probability above 0 and up to 1, drawn from the seed. */
    public Match chance(double probability) {
      if (!(probability > 0 && probability <= 1)) {
        throw new IllegalArgumentException(probability + " is no probability");
      }
      BigDecimal digits = BigDecimal.valueOf(probability).setScale(12, RoundingMode.HALF_UP);
      return and("chance=" + digits.stripTrailingZeros().toPlainString());
    }

    /** BUSY. */
    public Fault busy() {
      return does("busy");
    }

    /** CHECK CONDITION with KEY/ASC/ASCQ in hexadecimal digits, {@code 03/11/00}. */
    public Fault sense(String code) {
      return does("sense " + code);
    }

    /** It is answered later. */
    public Fault delay(Duration by) {
      return does("delay " + by.toMillis() + "ms");
    }

    /** It waits until it is released. */
    public Fault hold() {
      return does("hold");
    }

    /** The power goes. */
    public Fault cutPower() {
      return does("cut-power");
    }

    /** Any other action, in the words of {@code untorn fault --help}. */
    public Fault does(String action) {
      return new Fault(and(action).words);
    }
  }

  /** About commands, or what is done to blocks: {@code read}, {@code write-atomic}, {@code 2a}. */
  public static Match on(String... operations) {
    return new Match("op=" + String.join(",", operations));
  }

  /** About PDUs: {@code scsi-response}, {@code data-in}. */
  public static Match onPdu(String... kinds) {
    return new Match("pdu=" + String.join(",", kinds));
  }

  /** About every command. */
  public static Match onAny() {
    return new Match("");
  }
}
