package org.untorn.daemon.crash;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a checker said of crash states.
 *
 * @param states all that were checked
 * @param bad those of them that are
 * @param least of the first bad one, with as few losses as are bad
 */
record Check(int states, List<Bad> bad, Optional<CrashState> least) {

  /** Of so many bad states all is kept that was said of them. */
  private static final int IN_FULL = 20;

  /** A bad state and what was said of it. */
  record Bad(CrashState state, Checker.Verdict verdict) {}

  Check {
    bad = List.copyOf(bad);
  }

  /** Has each state checked, and the first bad one minimised. */
  static Check of(RecordedRun run, List<CrashState> states, Checker checker) throws IOException {
    StateImage image = run.image("state");
    List<Bad> bad = new ArrayList<>();
    for (CrashState state : states) {
      image.become(state);
      Checker.Verdict verdict = checker.run(image.path());
      if (!verdict.isGood()) {
        bad.add(new Bad(state, bad.size() < IN_FULL ? verdict : verdict.brief()));
      }
    }
    Optional<CrashState> least = Optional.empty();
    if (!bad.isEmpty()) {
      least =
          Optional.of(
              Minimiser.minimise(
                  bad.getFirst().state(),
                  run.recording(),
                  run.places(),
                  state -> {
                    image.become(state);
                    return !checker.run(image.path()).isGood();
                  }));
    }
    return new Check(states.size(), bad, least);
  }
}
