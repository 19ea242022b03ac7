package org.untorn.iscsi;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.untorn.iscsi.login.AccessControl;
import org.untorn.iscsi.session.ConnectionOptions;
import org.untorn.iscsi.session.NetworkPortal;
import org.untorn.iscsi.session.TargetAddresses;

/**
 * How an {@link IscsiServer} runs.
 *
 * @param portals where it listens from the start; port 0 lets the kernel choose
 * @param connection how each connection behaves
 * @param targetAddresses what SendTargets says
 * @param access who may log in where
 * @param limits how much it takes at once
 * @param eventLoops threads that carry commands out
 * @param spin how long each of them looks for work before it sleeps; zero: it sleeps at once
 */
public record IscsiOptions(
    List<NetworkPortal> portals,
    ConnectionOptions connection,
    TargetAddresses targetAddresses,
    AccessControl access,
    Limits limits,
    int eventLoops,
    Duration spin) {

  public IscsiOptions {
    portals = List.copyOf(portals);
  }

  /** What suits a disk on a network, with one portal. */
  public static IscsiOptions on(InetSocketAddress listen) {
    return on(List.of(new NetworkPortal(listen, NetworkPortal.FIRST_GROUP)));
  }

  /** What suits a disk on a network. */
  public static IscsiOptions on(List<NetworkPortal> portals) {
    return new IscsiOptions(
        portals,
        ConnectionOptions.DEFAULT,
        new TargetAddresses.OfConnection(),
        AccessControl.open(),
        Limits.DEFAULT,
        2,
        Duration.ofNanos(50_000));
  }

  /** The same with other connection options. */
  public IscsiOptions with(ConnectionOptions other) {
    return new IscsiOptions(portals, other, targetAddresses, access, limits, eventLoops, spin);
  }

  /** The same with other addresses for SendTargets. */
  public IscsiOptions with(TargetAddresses other) {
    return new IscsiOptions(portals, connection, other, access, limits, eventLoops, spin);
  }

  /** The same with other limits. */
  public IscsiOptions with(Limits other) {
    return new IscsiOptions(
        portals,
        connection.with(other.commands(), other.login()),
        targetAddresses,
        access,
        other,
        eventLoops,
        spin);
  }

  /** The same with another control of access. */
  public IscsiOptions with(AccessControl other) {
    return new IscsiOptions(portals, connection, targetAddresses, other, limits, eventLoops, spin);
  }
}
