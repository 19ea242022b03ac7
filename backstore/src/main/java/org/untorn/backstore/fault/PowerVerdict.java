package org.untorn.backstore.fault;

import java.util.OptionalInt;

/** Whether an operation may go on, as the {@link PowerSupply} has it. */
sealed interface PowerVerdict {

  /** It has this number. */
  record Go(long number) implements PowerVerdict {}

  /** The power goes now; {@code blocks} of it have reached the medium, if that is settled. */
  record Hit(long number, OptionalInt blocks) implements PowerVerdict {}

  /** There is no power. */
  record Dark() implements PowerVerdict {}
}
