package org.untorn.core;

import java.util.Collection;
import java.util.List;

/** Which logical units a target device has, as the initiator sees it that asks. */
public interface LunInventory {

  /** The numbers, each 0 to 16383, in ascending order. */
  List<Integer> logicalUnitNumbers();

  /** The units. */
  Collection<LogicalUnit> units();

  /** A nexus has heard of them: no unit need tell it that they changed (SAM-5 5.14). */
  void reported(Nexus nexus);
}
