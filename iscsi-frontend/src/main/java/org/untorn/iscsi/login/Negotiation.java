package org.untorn.iscsi.login;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.untorn.iscsi.login.TextKey.Sender;
import org.untorn.iscsi.login.TextPairs.Pair;

/**
 * What has been negotiated so far on one connection, seen from the target: it only answers, and
 * declares what is its to declare (RFC 7143 6.2). A value; {@link #take} makes the next one.
 *
 * @param local what this side wants
 * @param results the result of each key that was negotiated or declared by the initiator
 */
public record Negotiation(LocalParameters local, Map<TextKey, String> results) {

  private static final String REJECT = "Reject";
  private static final String IRRELEVANT = "Irrelevant";
  private static final String NOT_UNDERSTOOD = "NotUnderstood";

  /** Where in a session's life pairs arrive. */
  public enum Phase {
    SECURITY,
    OPERATIONAL,
    FULL_FEATURE
  }

  /** What comes of pairs. */
  public sealed interface Answer {

    /** The next state, and what to say. */
    record Pairs(Negotiation next, List<Pair> reply) implements Answer {}

    /** The initiator broke the rules so that a login must end. */
    record Violation(TextKey key, Kind kind) implements Answer {}
  }

  /** How the initiator broke the rules. */
  public enum Kind {
    /** A key was declared or negotiated twice (6.3). */
    REPEATED,
    /** A key does not belong to the stage or phase. */
    WRONG_PHASE,
    /** An illegal value where no answer could say so. */
    ILLEGAL_VALUE,
    /** No method of authentication is common to both. */
    NO_COMMON_METHOD
  }

  /** Before the first pair. */
  public static Negotiation start(LocalParameters local) {
    return new Negotiation(local, Map.of());
  }

  public Negotiation {
    results = Map.copyOf(results);
  }

  /** A key's value: its result, or what holds without one. */
  public String value(TextKey key) {
    return results.getOrDefault(key, key.initial());
  }

  /** Whether the session is one for discovery only. */
  public boolean isDiscovery() {
    return value(TextKey.SESSION_TYPE).equals("Discovery");
  }

  /** The same, where this side wants another value of a key. */
  Negotiation wanting(TextKey key, String value) {
    return new Negotiation(local.with(key, value), results);
  }

  /** Takes the pairs of one complete text, in the order of the table. */
  public Answer take(List<Pair> pairs, Phase phase) {
    Negotiation next = this;
    List<Pair> reply = new ArrayList<>();
    for (Pair pair : inTableOrder(pairs)) {
      Optional<TextKey> key = TextKey.of(pair.key());
      if (key.isEmpty()) {
        if (!isAnswer(pair.value())) {
          reply.add(new Pair(pair.key(), NOT_UNDERSTOOD));
        }
      } else {
        switch (next.take(key.get(), pair.value(), phase)) {
          case Answer.Pairs(Negotiation after, List<Pair> said) -> {
            next = after;
            reply.addAll(said);
          }
          case Answer.Violation violation -> {
            return violation;
          }
        }
      }
    }
    return new Answer.Pairs(next, List.copyOf(reply));
  }

  private static List<Pair> inTableOrder(List<Pair> pairs) {
    List<TextKey> table = List.of(TextKey.values());
    List<Pair> sorted = new ArrayList<>(pairs);
    sorted.sort(
        Comparator.comparingInt(
            pair -> TextKey.of(pair.key()).map(table::indexOf).orElse(table.size())));
    return sorted;
  }

  private Answer take(TextKey key, String value, Phase phase) {
    if (isAnswer(value)) {
      return new Answer.Pairs(this, List.of());
    }
    if (results.containsKey(key) && phase != Phase.FULL_FEATURE) {
      return restated(key, value);
    }
    if (!belongs(key, phase)) {
      return phase == Phase.FULL_FEATURE
          ? answer(key, REJECT)
          : new Answer.Violation(key, Kind.WRONG_PHASE);
    }
    if (key.sender() == Sender.TARGET) {
      return answer(key, REJECT);
    }
    if (key.result() == TextKey.Result.EXCHANGE) {
      return new Answer.Violation(key, Kind.WRONG_PHASE);
    }
    if (isIrrelevant(key)) {
      return answer(key, IRRELEVANT);
    }
    return key.result() == TextKey.Result.DECLARED ? declare(key, value) : negotiate(key, value);
  }

  /** The answers that are legal for every key (6.2), here to something that this side declared. */
  private static boolean isAnswer(String value) {
    return value.equals(REJECT) || value.equals(IRRELEVANT) || value.equals(NOT_UNDERSTOOD);
  }

  /**
   * A key may not be sent twice (6.3). Widespread initiators declare who they are again in each
   * stage; where nothing changes nothing is violated.
   */
  private Answer restated(TextKey key, String value) {
    boolean same = key.result() == TextKey.Result.DECLARED && value.equals(results.get(key));
    return same ? new Answer.Pairs(this, List.of()) : new Answer.Violation(key, Kind.REPEATED);
  }

  private static boolean belongs(TextKey key, Phase phase) {
    return switch (key.use()) {
      case SECURITY -> phase == Phase.SECURITY;
      case LO, IO -> phase == Phase.OPERATIONAL || (phase == Phase.SECURITY && isIdentity(key));
      case FFPO -> phase == Phase.FULL_FEATURE;
      case ALL -> key != TextKey.MAX_RECV_DATA_SEGMENT_LENGTH || phase != Phase.SECURITY;
    };
  }

  /** The keys that say who talks to whom: the security stage has them too (6.3.2). */
  private static boolean isIdentity(TextKey key) {
    return key == TextKey.SESSION_TYPE
        || key == TextKey.INITIATOR_NAME
        || key == TextKey.TARGET_NAME
        || key == TextKey.TARGET_PORTAL_GROUP_TAG;
  }

  private boolean isIrrelevant(TextKey key) {
    return switch (key.irrelevant()) {
      case NEVER -> false;
      case DISCOVERY -> isDiscovery();
      case NOTHING_UNSOLICITED ->
          isDiscovery()
              || (value(TextKey.INITIAL_R2T).equals("Yes")
                  && value(TextKey.IMMEDIATE_DATA).equals("No"));
    };
  }

  private Answer declare(TextKey key, String value) {
    Optional<String> legal = key.legal().canonical(value);
    return legal.isPresent()
        ? new Answer.Pairs(with(key, legal.get()), List.of())
        : new Answer.Violation(key, Kind.ILLEGAL_VALUE);
  }

  private Answer negotiate(TextKey key, String offer) {
    Optional<String> result = result(key, offer);
    if (result.isPresent()) {
      Pair reply = new Pair(key.key(), result.get());
      return new Answer.Pairs(with(key, result.get()), List.of(reply));
    }
    return key == TextKey.AUTH_METHOD
        ? new Answer.Violation(key, Kind.NO_COMMON_METHOD)
        : answer(key, REJECT);
  }

  /** The result function (6.2), or empty if the offer is illegal or has nothing in common. */
  private Optional<String> result(TextKey key, String offer) {
    String mine = local.value(key);
    return switch (key.result()) {
      case DECLARED -> key.legal().canonical(offer);
      case MINIMUM -> number(key, offer).map(n -> Math.min(n, bound(key, mine))).map(this::text);
      case MAXIMUM ->
          number(key, offer).map(n -> Math.max(n, Integer.parseInt(mine))).map(this::text);
      case AND -> key.legal().canonical(offer).map(o -> o.equals("Yes") ? mine : "No");
      case OR -> key.legal().canonical(offer).map(o -> o.equals("No") ? mine : "Yes");
      case FIRST_COMMON -> firstCommon(key, offer);
      case EXCHANGE -> Optional.empty(); // LoginText lets none through
      case REFUSED ->
          key.legal() instanceof Values.OneOf
              ? key.legal().canonical(offer).map(_ -> "No")
              : Optional.empty();
    };
  }

  /** FirstBurstLength must not exceed MaxBurstLength (13.14), which stands before it. */
  private int bound(TextKey key, String mine) {
    int own = Integer.parseInt(mine);
    return key == TextKey.FIRST_BURST_LENGTH
        ? Math.min(own, Integer.parseInt(value(TextKey.MAX_BURST_LENGTH)))
        : own;
  }

  private static Optional<Integer> number(TextKey key, String offer) {
    return key.legal().canonical(offer).map(Integer::valueOf);
  }

  private String text(int number) {
    return Integer.toString(number);
  }

  private Optional<String> firstCommon(TextKey key, String offer) {
    if (offer.length() > Values.MAX_LENGTH) {
      return Optional.empty();
    }
    for (String word : offer.split(",", -1)) {
      if (key.legal().canonical(word).isPresent() && local.takes(key, word)) {
        return Optional.of(word);
      }
    }
    return Optional.empty();
  }

  private Answer answer(TextKey key, String value) {
    return new Answer.Pairs(this, List.of(new Pair(key.key(), value)));
  }

  private Negotiation with(TextKey key, String result) {
    Map<TextKey, String> changed = new EnumMap<>(TextKey.class);
    changed.putAll(results);
    changed.put(key, result);
    return new Negotiation(local, changed);
  }
}
