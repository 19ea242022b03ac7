package org.untorn.core.fault;

import org.untorn.core.AdditionalSense;
import org.untorn.core.SenseData;

/** What can be made to go wrong with a command. */
public sealed interface CommandFault {

  /** It ends in this status, and nothing is done. GOOD moves no data. */
  record Status(int status) implements CommandFault {}

  /** It ends in CHECK CONDITION, and nothing is done. */
  record Sense(SenseData why) implements CommandFault {}

  /** It is carried out; if that ends in GOOD, it ends in CHECK CONDITION, and moves no data in. */
  record SenseAfterwards(SenseData why) implements CommandFault {}

  /** A unit attention condition is established for every nexus; then it is carried out. */
  record Attention(AdditionalSense condition) implements CommandFault {}

  /** It is carried out after so many nanoseconds. */
  record Delay(long nanos) implements CommandFault {}

  /** It is carried out when it is released. */
  record Hold() implements CommandFault {}

  /** It is never carried out, and never answered. */
  record Ignore() implements CommandFault {}

  /** It is carried out, and half of the data that it returns is kept back. */
  record ShortTransfer() implements CommandFault {}
}
