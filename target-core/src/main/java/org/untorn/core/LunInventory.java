package org.untorn.core;

import java.util.List;

/** Which logical unit numbers a target device has. */
@FunctionalInterface
public interface LunInventory {

  /** The numbers, each 0 to 16383, in ascending order. */
  List<Integer> logicalUnitNumbers();
}
