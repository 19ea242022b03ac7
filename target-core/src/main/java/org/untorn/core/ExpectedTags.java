package org.untorn.core;

import java.util.List;
import java.util.Optional;
import org.untorn.vpd.Field;

/**
 * What a CDB of 32 bytes says of the tags (SBC-4 5.19): those of its blocks' protection information
 * are checked against it.
 *
 * @param reference EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG: the first block's; each other one
 *     has one more
 * @param application EXPECTED LOGICAL BLOCK APPLICATION TAG
 * @param mask LOGICAL BLOCK APPLICATION TAG MASK: which bits of it count
 */
record ExpectedTags(int reference, int application, int mask) {

  /** The fields' names, by which the row of a command says where they stand. */
  static final String REFERENCE = "EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG";

  static final String APPLICATION = "EXPECTED LOGICAL BLOCK APPLICATION TAG";
  static final String MASK = "LOGICAL BLOCK APPLICATION TAG MASK";

  /** Where a command has them. */
  record Fields(Field reference, Field application, Field mask) {

    /** Those of a row; empty if it has none. */
    static Optional<Fields> of(Command row) {
      return find(row, REFERENCE)
          .map(
              reference ->
                  new Fields(
                      reference,
                      find(row, APPLICATION).orElseThrow(),
                      find(row, MASK).orElseThrow()));
    }

    private static Optional<Field> find(Command row, String name) {
      List<Field> fields = row.fields();
      return fields.stream().filter(field -> field.name().equals(name)).findFirst();
    }

    ExpectedTags in(CommandTask task) {
      return new ExpectedTags(
          (int) task.get(reference), task.getInt(application), task.getInt(mask));
    }
  }

  /** Whether an application tag is as it says. */
  boolean matches(int tag) {
    return ((tag ^ application) & mask) == 0;
  }
}
