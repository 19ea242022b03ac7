package org.untorn.daemon;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.untorn.core.Provisioning;
import org.untorn.core.TargetPort;
import org.untorn.daemon.config.Endpoint;
import org.untorn.vpd.Association;
import org.untorn.vpd.ManagementNetworkAddresses.Service;

/**
 * What a logical unit finds around it.
 *
 * @param provisioning what its volume is kept in
 * @param ports the target ports of its target
 * @param management where it is managed from other hosts
 * @param reservations where its persistent reservations are kept
 */
record UnitEnvironment(
    Provisioning provisioning,
    List<TargetPort> ports,
    List<Service> management,
    ReservationFiles reservations) {

  UnitEnvironment {
    ports = List.copyOf(ports);
    management = List.copyOf(management);
  }

  /** The control API at an endpoint, if other hosts can reach it and its port is known. */
  static List<Service> management(Endpoint control) {
    try {
      InetSocketAddress address = control.resolve();
      return control.port() == 0 || address.getAddress().isLoopbackAddress()
          ? List.of()
          : List.of(
              new Service(
                  Association.LOGICAL_UNIT,
                  Service.STORAGE_CONFIGURATION,
                  "http://" + new Portal(address).reachable()));
    } catch (UnknownHostException _) {
      return List.of();
    }
  }
}
