package org.untorn.iscsi.session;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.untorn.iscsi.pdu.Request;

/**
 * The order of a session's non-immediate requests, and how many more it takes (RFC 7143 4.2.2.1).
 *
 * <pre>
 *        taken and delivered │ ExpCmdSN: next to arrive          MaxCmdSN │ ignored
 *   ─────────────────────────┼────────────────────────────────────────────┼─────────
 *      ▲ waiting: arrived in order, not delivered yet (the outbound side is full)
 *                              ▲ early: arrived, but one before it is missing
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>Requests are delivered in the order of their CmdSN, each once.
 *   <li>MaxCmdSN never moves back, and is at most {@code depth} ahead of what is delivered and
 *       done: what is waiting, early, or running makes the window smaller.
 *   <li>So at most {@code depth} requests are held.
 * </ol>
 *
 * Numbers are compared in serial number arithmetic. Owned by the session's event loop.
 */
final class CommandWindow {

  private final int depth;
  private final IntObjectMap<Request> held = new IntObjectHashMap<>();
  private final Set<Integer> skipped = new HashSet<>();
  private int nextToDeliver;
  private int expCmdSN;
  private int maxCmdSN;
  private int running;

  CommandWindow(int firstCmdSN, int depth) {
    this.depth = depth;
    this.nextToDeliver = firstCmdSN;
    this.expCmdSN = firstCmdSN;
    this.maxCmdSN = firstCmdSN + depth - 1;
  }

  /** Whether a non-immediate request with this number is taken; others are ignored. */
  boolean takes(int cmdSN) {
    return cmdSN - expCmdSN >= 0
        && cmdSN - maxCmdSN <= 0
        && !held.containsKey(cmdSN)
        && !isSkipped(cmdSN);
  }

  /** Almost always nothing is, and then nothing is looked up. */
  private boolean isSkipped(int cmdSN) {
    return !skipped.isEmpty() && skipped.contains(cmdSN);
  }

  /** Adds a request that it takes. */
  void add(Request request) {
    held.put(request.cmdSN(), request);
    advance();
  }

  /** Counts a CmdSN that will not arrive as received (11.6.1); false if it is not missing. */
  boolean skip(int cmdSN, int before) {
    boolean missing = takes(cmdSN) && cmdSN - before < 0;
    if (missing) {
      skipped.add(cmdSN);
      advance();
    }
    return missing;
  }

  private void advance() {
    while (held.containsKey(expCmdSN) || isSkipped(expCmdSN)) {
      expCmdSN++;
    }
  }

  /** The next request in order, if it is there. */
  Optional<Request> poll() {
    while (!skipped.isEmpty() && skipped.remove(nextToDeliver)) {
      nextToDeliver++;
    }
    Request next = held.remove(nextToDeliver);
    if (next == null) {
      return Optional.empty();
    }
    nextToDeliver++;
    return Optional.of(next);
  }

  /** Takes requests out that have not been delivered; they count as received. */
  List<Request> remove(Predicate<Request> which) {
    List<Request> removed = new ArrayList<>();
    for (Request request : List.copyOf(held.values())) {
      if (which.test(request)) {
        removed.add(request);
        held.remove(request.cmdSN());
        skipped.add(request.cmdSN());
      }
    }
    return removed;
  }

  /** A delivered command is being carried out. */
  void started() {
    running++;
  }

  /** A delivered command is done. */
  void ended() {
    running--;
  }

  /** How many commands may be outstanding. */
  int depth() {
    return depth;
  }

  int expCmdSN() {
    return expCmdSN;
  }

  /** The last CmdSN that is taken now; moved as far as there is room. */
  int maxCmdSN() {
    int room = Math.max(0, depth - held.size() - running);
    int allowed = expCmdSN + room - 1;
    if (allowed - maxCmdSN > 0) {
      maxCmdSN = allowed;
    }
    return maxCmdSN;
  }
}
