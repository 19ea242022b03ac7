package org.untorn.conformance.vm;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A difference from scsi_debug that is meant.
 *
 * @param cases matches the names of the cases
 * @param ends matches how scsi_debug ends them, an arrow, and how we do
 * @param because what justifies ours
 */
record Difference(Pattern cases, Pattern ends, String because) {

  private static final String GOOD = "status=00";
  private static final String INVALID_FIELD = "status=02 sense=5/24/00";

  /** All of them. */
  static final List<Difference> MEANT =
      List.of(
          difference(
              ".*",
              "(status=02 sense=[^ ]+)",
              "\\1 sks=.*",
              "SPC-5: sense key specific data points to the field at fault; scsi_debug gives none"),
          difference(
              ".*, boundary .*",
              INVALID_FIELD + " sks=c0000c",
              INVALID_FIELD + " sks=c0000a",
              "SBC-4 4.29.1: the field at fault is ATOMIC BOUNDARY, byte 10, not TRANSFER LENGTH"),
          difference(
              ".*, boundary (1|3)",
              GOOD,
              INVALID_FIELD + " sks=c0000a",
              "SBC-4 4.29.1: a boundary is a multiple of the granularity"),
          difference(
              "unaligned, no multiple|unaligned, boundary|no multiple, boundary too large",
              INVALID_FIELD + ".*",
              INVALID_FIELD + " sks=.*",
              "SBC-4 4.29.1 does not say which of two faults is told; ours is told with its field"),
          difference(
              "4 blocks at 131070|[0-9]+ blocks at (131072|131074|9223372036854775792|-16|-2)"
                  + "|unaligned, past the end|past the end, too long",
              GOOD + "|" + INVALID_FIELD + ".*",
              "status=02 sense=5/21/00 sks=c00002",
              "SBC-4: a command past the last block ends in LOGICAL BLOCK ADDRESS OUT OF RANGE, also"
                  + " one of no blocks; scsi_debug goes round to the first block"),
          difference(
              "VERIFY\\(10\\), past the end",
              GOOD,
              "status=02 sense=5/21/00 sks=c00002",
              "SBC-4: the same for VERIFY"),
          difference(
              ".*WRPROTECT.*",
              GOOD + "|" + INVALID_FIELD + ".*",
              INVALID_FIELD + " sks=cf0001",
              "SBC-4: WRPROTECT is refused by a medium without protection information"),
          difference(
              "byte (1|14) bit .*",
              GOOD,
              INVALID_FIELD + " sks=c[0-9a-f]00(01|0e)",
              "SPC-5: a reserved bit that is set is an invalid field"),
          difference(
              "control bit .*",
              GOOD,
              INVALID_FIELD + " sks=c[0-9a-f]000f",
              "SAM-5: of CONTROL, all but NACA and what is vendor-specific is reserved"),
          difference(
              "INQUIRY, page code without EVPD",
              GOOD,
              INVALID_FIELD + " sks=c00002",
              "SPC-5: a PAGE CODE without EVPD is an invalid field"),
          difference(
              "REPORT SUPPORTED OPERATION CODES of .*",
              INVALID_FIELD + " sks=c00004",
              INVALID_FIELD + " sks=c00003",
              "SPC-5: the operation code is at fault, which has no service actions"),
          difference(
              "a CDB that is cut short",
              INVALID_FIELD + " sks=c00006",
              GOOD,
              "SPC-5: an ALLOCATION LENGTH of zero is no error"),
          difference(
              "no data|one block of two",
              "status=00 host=07",
              "status=02 sense=5/0e/03",
              "The initiator offers less data than the command asks for: nothing is written, and a"
                  + " status says so; scsi_debug fails the transport after writing what came"),
          difference(
              "UNMAP without a parameter list",
              INVALID_FIELD + " sks=c00007",
              GOOD,
              "SBC-4: a PARAMETER LIST LENGTH of zero is no error"),
          difference(
              "UNMAP, a parameter list that is too short",
              INVALID_FIELD + " sks=c00007",
              "status=02 sense=5/1a/00",
              "SBC-4: less than a header is PARAMETER LIST LENGTH ERROR"));

  private static Difference difference(String cases, String theirs, String ours, String because) {
    return new Difference(
        Pattern.compile(cases), Pattern.compile("(?:" + theirs + ") -> (?:" + ours + ")"), because);
  }

  boolean explains(Case one) {
    return cases.matcher(one.name()).matches()
        && ends.matcher(one.theirs() + " -> " + one.ours()).matches();
  }
}
