package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicProfile;
import org.untorn.vpd.BlockLimits;
import org.untorn.vpd.Field;

/**
 * What scsi_debug answered, as it was recorded, against a disk with the same limits: the same VPD
 * page B0h, byte for byte, and the same status and sense for each WRITE ATOMIC(16), but for the
 * differences that are listed with the clause that justifies ours.
 */
class ScsiDebugOracleTest {

  private static final int BLOCK = 512;
  private static final long BLOCKS = 131_072;

  /**
   * A difference that is meant.
   *
   * @param cases matches the recorded command
   * @param ours how we end it
   */
  private record Difference(Pattern cases, String ours, String because) {}

  private static final String INVALID_FIELD = "02 5/24/00";
  private static final String OUT_OF_RANGE = "02 5/21/00";

  private static final List<Difference> MEANT =
      List.of(
          difference(
              ".*boundary=(1|3) .*",
              INVALID_FIELD,
              "SBC-4 4.29: an atomic boundary is a multiple of the granularity"),
          difference(
              ".*(past the end\\]|over the end\\]|past the end, too long\\])|wa16 lba=0x[7f].*",
              OUT_OF_RANGE,
              "SBC-4 4.5: what lies past the last block is out of range, also if it is nothing;"
                  + " scsi_debug goes round to the first block, or tells the other fault"),
          difference(
              "wa16 .*wrprotect=[1-7].*|cdb 8a20.*",
              INVALID_FIELD,
              "SBC-4, WRPROTECT: refused by a medium without protection information"),
          difference(
              ".*\\[byte 1 bit .\\]",
              INVALID_FIELD,
              "SPC-5 4.2.5: a reserved bit that is set is an invalid field"),
          difference(
              ".*\\[(no data|one block of data)\\]",
              "02 5/0e/03",
              "The initiator offers less than the command asks for: nothing is written, and a"
                  + " status says so; scsi_debug fails the transport after writing what came"));

  private static Difference difference(String cases, String ours, String because) {
    return new Difference(Pattern.compile(cases), ours, because);
  }

  private final MemoryBlocks store = new MemoryBlocks(BLOCK, BLOCKS);
  private final Bench bench =
      new Bench(
          UnitProfile.disk(
              Bench.profile(AtomicProfile.SCSI_DEBUG_6_11.limits()).inquiry(),
              "2000",
              List.of(),
              0,
              0x2000,
              AtomicProfile.SCSI_DEBUG_6_11.limits()),
          store);

  private static List<String> recorded() {
    try (InputStream in = ScsiDebugOracleTest.class.getResourceAsStream("scsi_debug-6.12.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void with_its_limits_page_b0h_is_its_own_but_for_what_is_enforced() {
    BlockLimits limits =
        new BlockLimits(
            false,
            0xFF,
            1,
            0x20000,
            0x400,
            0,
            BlockLimits.UNLIMITED,
            0x100,
            1,
            OptionalLong.empty(),
            0xFFFF,
            AtomicProfile.SCSI_DEBUG_6_11.limits());
    assertThat(bench.disk.limit(limits)).isEmpty();
    Bench.expect(bench.send("00 00 00 00 00 00"), "06 3F 03");
    byte[] theirs = Bench.hex(String.join("", recorded().subList(1, 5)));

    byte[] ours = bench.data("12 01 B0 0100 00");

    assertThat(theirs).hasSize(64);
    assertThat(ours[5])
        .as("SBC-4 6.6: MAXIMUM COMPARE AND WRITE LENGTH is zero if there is no COMPARE AND WRITE")
        .isEqualTo((byte) 0xFF);
    ours[5] = theirs[5];
    assertThat(HexFormat.of().formatHex(ours)).isEqualTo(HexFormat.of().formatHex(theirs));
  }

  @Test
  void each_write_atomic_ends_as_there_but_for_the_differences_that_are_meant() {
    List<String> unexplained = new ArrayList<>();
    List<Difference> met = new ArrayList<>();
    int same = 0;
    List<String> cases = recorded().stream().filter(line -> line.contains(" : ")).toList();
    for (String line : cases) {
      String command = line.substring(0, line.lastIndexOf(" : "));
      String theirs = theirs(line);
      String ours = ours(command);
      Optional<Difference> meant =
          MEANT.stream()
              .filter(one -> one.cases().matcher(command).matches() && one.ours().equals(ours))
              .findFirst();
      if (theirs.equals(ours)) {
        same++;
      } else if (meant.isPresent()) {
        met.add(meant.get());
      } else {
        unexplained.add("%s: there %s, here %s".formatted(command, theirs, ours));
      }
    }
    assertThat(unexplained).isEmpty();
    assertThat(met).as("every difference that is meant is there").containsAll(MEANT);
    assertThat(cases).hasSizeGreaterThan(60);
    assertThat(same).as("the canary: most agree").isGreaterThan(35);
  }

  /** Status and sense of a recorded answer; a transport that failed is one of its own. */
  private static String theirs(String line) {
    Matcher matcher =
        Pattern.compile("status=(..)(?: sense=([^ ]+))?(.*host=07.*)?")
            .matcher(line.substring(line.lastIndexOf(" : ") + 3));
    assertThat(matcher.lookingAt()).as(line).isTrue();
    String sense = matcher.group(2) == null ? "" : " " + matcher.group(2);
    return matcher.group(1) + sense + (matcher.group(3) == null ? "" : " host=07");
  }

  private String ours(String command) {
    byte[] cdb = cdb(command);
    int blocks = ((cdb[12] & 0xFF) << 8) | (cdb[13] & 0xFF);
    int data = blocks * BLOCK;
    if (command.contains("[no data]")) {
      data = 0;
    } else if (command.contains("[one block of data]")) {
      data = BLOCK;
    } else if (command.contains("[twice the data]")) {
      data *= 2;
    }
    TestTask.Result result = bench.send(cdb, new byte[data]);
    byte[] sense = result.data();
    return result.status() == 2
        ? "02 %x/%02x/%02x".formatted(sense[2] & 0x0F, sense[12], sense[13])
        : "%02x".formatted(result.status());
  }

  private static byte[] cdb(String command) {
    if (command.startsWith("cdb ")) {
      return Arrays.copyOf(Bench.hex(command.substring(4, command.indexOf(' ', 4))), 16);
    }
    byte[] cdb = new byte[16];
    cdb[0] = (byte) 0x9C;
    new Field("WRPROTECT", 1, 7, 3).put(cdb, number(command, "wrprotect"));
    Field.bytes("LOGICAL BLOCK ADDRESS", 2, 8).put(cdb, number(command, "lba"));
    Field.bytes("ATOMIC BOUNDARY", 10, 2).put(cdb, number(command, "boundary"));
    Field.bytes("TRANSFER LENGTH", 12, 2).put(cdb, number(command, "blocks"));
    if (command.contains("DPO")) {
      cdb[1] |= 0x10;
    }
    if (command.contains("FUA")) {
      cdb[1] |= 0x08;
    }
    Matcher bit = Pattern.compile("byte 1 bit (.)").matcher(command);
    if (bit.find()) {
      cdb[1] |= (byte) (1 << Integer.parseInt(bit.group(1)));
    }
    return cdb;
  }

  private static long number(String command, String name) {
    Matcher matcher = Pattern.compile(name + "=(0x)?([0-9a-f]+)").matcher(command);
    assertThat(matcher.find()).as(command).isTrue();
    return Long.parseUnsignedLong(matcher.group(2), matcher.group(1) == null ? 10 : 16);
  }
}
