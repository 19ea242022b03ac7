package org.untorn.core;

import java.util.List;

/** Which logical unit numbers a target device has, as one initiator sees it. */
public interface LunInventory {

  /** The numbers, each 0 to 16383, in ascending order. */
  List<Integer> logicalUnitNumbers();

  /** A nexus has heard of them: no unit need tell it that they changed (SAM-5 5.14). */
  void reported(Nexus nexus);
}
