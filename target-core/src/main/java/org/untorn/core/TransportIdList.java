package org.untorn.core;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.untorn.vpd.Field;
import org.untorn.vpd.TransportId;

/**
 * What a list of TransportIDs comes to: the further initiator ports that REGISTER with SPEC_I_PT
 * registers (SPC-5, PERSISTENT RESERVE OUT additional parameter data).
 *
 * <pre>
 *  24-27  TRANSPORTID PARAMETER DATA LENGTH
 *  28..   TransportIDs, each as long as it says
 * </pre>
 */
sealed interface TransportIdList {

  /** The nexuses that the list names. */
  record Named(Set<Nexus> nexuses) implements TransportIdList {}

  /** A list that is not one. */
  record Wrong(SenseData why) implements TransportIdList {}

  Field LENGTH = Field.bytes("TRANSPORTID PARAMETER DATA LENGTH", 24, 4);

  /** Where the first TransportID begins. */
  Field FIRST = Field.bytes("TRANSPORTID", 28, 1);

  /**
   * Reads the list in a parameter list.
   *
   * @param targetPorts the ports through which the initiator ports are registered
   * @param known the nexuses that there are now, for names of whole devices
   */
  static TransportIdList read(byte[] list, Set<String> targetPorts, Set<Nexus> known) {
    int at = FIRST.byteOffset();
    if (list.length < at || at + LENGTH.get(list) > list.length) {
      return new Wrong(ParameterList.LENGTH_ERROR);
    }
    byte[] ids = Arrays.copyOf(list, at + LENGTH.getInt(list));
    Set<Nexus> named = new LinkedHashSet<>();
    while (at < ids.length) {
      Optional<Integer> length = TransportId.length(ids, at);
      if (length.isEmpty()) {
        return new Wrong(ParameterList.LENGTH_ERROR);
      }
      int begin = at;
      at += length.get();
      Set<Nexus> nexuses =
          TransportId.decode(Arrays.copyOfRange(ids, begin, at))
              .map(id -> nexuses(id, targetPorts, known))
              .orElse(Set.of());
      if (nexuses.isEmpty()) {
        return new Wrong(
            SenseData.invalidFieldInParameterList(
                FieldPointer.inParameterList(begin, Field.bytes("TRANSPORTID", 0, 1))));
      }
      named.addAll(nexuses);
    }
    return new Named(named);
  }

  /**
   * The nexuses that a TransportID means: a port's, connected or not, or those of a device's ports
   * that are connected now.
   */
  static Set<Nexus> nexuses(TransportId id, Set<String> targetPorts, Set<Nexus> known) {
    Set<Nexus> nexuses = new LinkedHashSet<>();
    for (String port : targetPorts) {
      if (id.isPort()) {
        nexuses.add(new Nexus(id.name(), port));
      } else {
        known.stream()
            .filter(nexus -> nexus.targetPort().equals(port) && id.names(nexus.initiatorPort()))
            .forEach(nexuses::add);
      }
    }
    return nexuses;
  }
}
