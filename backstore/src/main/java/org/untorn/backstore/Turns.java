package org.untorn.backstore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Who waits for whom where a compare-and-write is among those that change a range. Without one this
 * is empty, and costs a look.
 *
 * <p>Guarded by the {@link Log}'s lock. Invariants:
 *
 * <ol>
 *   <li>A claim runs only while no record that touches its range is placed but unpublished.
 *   <li>While it runs, no such record but its own is placed, and no overlapping claim runs.
 *   <li>What came first goes first, so nobody waits for ever.
 * </ol>
 */
final class Turns {

  private final List<Claim> claims = new ArrayList<>();
  private final List<Held> held = new ArrayList<>();

  /**
   * Whether the record has to wait; if so it is kept until {@link #released}. A record that belongs
   * to a running claim never has to.
   */
  boolean holdsUp(Append append) {
    if (claims.isEmpty() || append.claim().isPresent() || !isHeldUp(append, claims)) {
      return false;
    }
    held.add(new Held(append, List.copyOf(claims)));
    return true;
  }

  void add(Claim claim) {
    claims.add(claim);
  }

  void remove(Claim claim) {
    claims.remove(claim);
  }

  boolean isEmpty() {
    return claims.isEmpty() && held.isEmpty();
  }

  /** The claims that may run now; they are running from here on. */
  List<Claim> startable(Collection<Append> placed) {
    List<Claim> started = new ArrayList<>();
    for (int i = 0; i < claims.size(); i++) {
      Claim claim = claims.get(i);
      boolean waits =
          claim.running()
              || claims.subList(0, i).stream().anyMatch(claim::overlaps)
              || placed.stream().anyMatch(append -> claim.holdsUp(append.change()));
      if (!waits) {
        claim.start();
        started.add(claim);
      }
    }
    return started;
  }

  /** The records that need wait no longer. */
  List<Append> released() {
    List<Append> free = new ArrayList<>();
    held.removeIf(
        waiting -> {
          boolean go = !waiting.isHeldUp(claims);
          if (go) {
            free.add(waiting.append());
          }
          return go;
        });
    return free;
  }

  private static boolean isHeldUp(Append append, List<Claim> claims) {
    return claims.stream().anyMatch(claim -> claim.holdsUp(append.change()));
  }

  /** A record, and the claims that were there before it. */
  private record Held(Append append, List<Claim> before) {
    private boolean isHeldUp(List<Claim> claims) {
      List<Claim> inTheWay =
          claims.stream().filter(claim -> claim.running() || before.contains(claim)).toList();
      return Turns.isHeldUp(append, inTheWay);
    }
  }
}
