package org.untorn.iscsi.session;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.untorn.core.Nexus;
import org.untorn.iscsi.auth.Challenge;
import org.untorn.iscsi.login.Access;
import org.untorn.iscsi.login.AccessControl;
import org.untorn.iscsi.login.AccessControl.Initiator;
import org.untorn.iscsi.login.Directory;
import org.untorn.iscsi.login.LoginResult;
import org.untorn.iscsi.login.TextKey;
import org.untorn.iscsi.login.TextPairs.Pair;

/**
 * An iSCSI node's targets and sessions (RFC 7143 4.4).
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>One initiator port (name and ISID) has at most one session with a portal group of a target;
 *       a new login with TSIH 0 reinstates it: the old one has ended before the new one begins
 *       (6.3.5).
 *   <li>A TSIH belongs to one connection from its acceptance to its end, and is not 0.
 * </ol>
 *
 * Safe for use by many threads.
 */
public final class SessionRegistry implements Node {

  private static final int MAX_TSIH = 0xFFFF;

  private record Key(String initiatorName, long isid, String targetName, int portalGroupTag) {

    static Key of(LoginResult login) {
      return new Key(
          login.initiatorName(), login.isid(), login.targetName(), login.portalGroupTag());
    }
  }

  /**
   * A connection in its initiator port's place.
   *
   * @param free when all that had the place before have ended
   * @param gone when this one has ended too
   */
  private record Place(
      Connection connection, CompletableFuture<Void> free, CompletableFuture<Void> gone) {

    static Place after(CompletableFuture<Void> free, Connection connection) {
      return new Place(connection, free, CompletableFuture.allOf(free, connection.ended()));
    }
  }

  private final Map<String, ScsiTarget> targets;
  private final TargetAddresses addresses;
  private final Supplier<List<NetworkPortal>> portals;
  private final int maxSessions;
  private final AccessControl access;
  private final WrongLogins wrongLogins;
  private final Map<Key, Place> sessions = new ConcurrentHashMap<>();
  private final BitSet handles = new BitSet(MAX_TSIH + 1);
  private int lastHandle;

  /**
   * A node with targets by their iSCSI names.
   *
   * @param portals those that listen, now
   * @param maxWrongLogins wrong proofs of one address within a minute that bar it; 0: none do
   */
  public SessionRegistry(
      Map<String, ScsiTarget> targets,
      TargetAddresses addresses,
      Supplier<List<NetworkPortal>> portals,
      int maxSessions,
      int maxWrongLogins,
      AccessControl access) {
    this.targets = new TreeMap<>();
    targets.forEach((name, target) -> this.targets.put(name.toLowerCase(Locale.ROOT), target));
    this.addresses = addresses;
    this.portals = portals;
    this.maxSessions = maxSessions;
    this.access = access;
    this.wrongLogins = new WrongLogins(maxWrongLogins, System::nanoTime);
  }

  /** Whether an address has given too many wrong proofs to be listened to now. */
  public boolean bars(SocketAddress address) {
    return address instanceof InetSocketAddress inet && wrongLogins.bars(inet.getAddress());
  }

  /** Somebody there could not prove who it is. */
  void wrongLogin(SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      wrongLogins.add(inet.getAddress());
    }
  }

  /** The node as an initiator at an address sees it when it logs in at a portal group. */
  Directory seenFrom(SocketAddress address, int portalGroupTag) {
    return new SeenFrom(
        address instanceof InetSocketAddress inet
            ? Optional.of(inet.getAddress())
            : Optional.empty(),
        portalGroupTag);
  }

  private final class SeenFrom implements Directory {

    private final Optional<InetAddress> address;
    private final int portalGroupTag;

    SeenFrom(Optional<InetAddress> address, int portalGroupTag) {
      this.address = address;
      this.portalGroupTag = portalGroupTag;
    }

    @Override
    public OptionalInt portalGroupTag(String targetName) {
      return targets.containsKey(targetName) ? OptionalInt.of(portalGroupTag) : OptionalInt.empty();
    }

    @Override
    public Initiator initiator(String initiatorName) {
      return new Initiator(initiatorName, address);
    }

    @Override
    public Access access(Initiator initiator, String targetName) {
      return targetName.isEmpty()
          ? access.toDiscovery(initiator)
          : access.toTarget(targetName, initiator);
    }

    @Override
    public Challenge freshChallenge() {
      return Challenge.fresh();
    }

    @Override
    public boolean sessionExists(String initiatorName, long isid, String targetName, int tsih) {
      int tag = portalGroupTag(targetName).orElse(0);
      Place place = sessions.get(new Key(initiatorName, isid, targetName, tag));
      return place != null && place.connection().tsih() == tsih;
    }

    @Override
    public boolean isFull() {
      return sessions.size() >= maxSessions;
    }
  }

  /** A handle for the session that a new connection may become, until it is given back. */
  synchronized OptionalInt reserveHandle() {
    for (int tries = 0; tries < MAX_TSIH; tries++) {
      lastHandle = lastHandle == MAX_TSIH ? 1 : lastHandle + 1;
      if (!handles.get(lastHandle)) {
        handles.set(lastHandle);
        return OptionalInt.of(lastHandle);
      }
    }
    return OptionalInt.empty();
  }

  synchronized void giveBackHandle(int tsih) {
    handles.clear(tsih);
  }

  /** The target of a login, as far as it may use it; a discovery session drives none. */
  ScsiTarget target(LoginResult login) {
    ScsiTarget target = targets.getOrDefault(login.targetName(), NoTarget.INSTANCE);
    return login.luns().map(target::showing).orElse(target);
  }

  /** The nexus of a login: the names of both SCSI ports (4.4.1). */
  static Nexus nexus(LoginResult login) {
    return new Nexus(
        "%s,i,0x%012x".formatted(login.initiatorName(), login.isid()),
        "%s,t,0x%04x".formatted(login.targetName(), login.portalGroupTag()));
  }

  /** Makes a connection the session's; {@code ready} runs once all older ones have ended. */
  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for what the actions return
  void establish(Connection connection, LoginResult login, Runnable ready) {
    Key key = Key.of(login);
    Place place =
        sessions.compute(
            key,
            (_, older) -> {
              if (older == null) {
                return Place.after(CompletableFuture.completedFuture(null), connection);
              }
              older.connection().drop();
              return Place.after(older.gone(), connection);
            });
    place.gone().thenRun(() -> sessions.remove(key, place));
    place.free().thenRun(ready);
  }

  /** All sessions. */
  public List<SessionInfo> sessions() {
    List<SessionInfo> all = new ArrayList<>();
    sessions.values().forEach(place -> place.connection().info().ifPresent(all::add));
    return all;
  }

  /** Drops the connection of a session; false if there is none with this handle. */
  public boolean drop(int tsih) {
    Optional<Connection> found =
        sessions.values().stream()
            .map(Place::connection)
            .filter(connection -> connection.tsih() == tsih)
            .findFirst();
    found.ifPresent(Connection::announceAndDrop);
    return found.isPresent();
  }

  @Override
  public List<Pair> sendTargets(
      Optional<String> targetName, Initiator initiator, SocketAddress localAddress) {
    List<Pair> pairs = new ArrayList<>();
    for (String name : targets.keySet()) {
      boolean isAsked = targetName.isEmpty() || targetName.get().equals(name);
      if (isAsked && access.toTarget(name, initiator) instanceof Access.Granted) {
        pairs.add(new Pair(TextKey.TARGET_NAME.key(), name));
        for (String address : addresses.tell(localAddress, portals.get())) {
          pairs.add(new Pair(TextKey.TARGET_ADDRESS.key(), address));
        }
      }
    }
    return pairs;
  }

  @Override
  public void dropAll(String targetName) {
    sessions.forEach(
        (key, place) -> {
          if (key.targetName().equals(targetName)) {
            place.connection().drop();
          }
        });
  }
}
