package org.untorn.conformance.rfc7143;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All cases, and the program that runs them against any target: {@code Suite URL [WORD]}. */
public final class Suite {

  /** How a case ended. */
  enum Result {
    PASSED("passed"),
    FAILED("**failed**"),
    NOT_SUPPORTED("not supported");

    private final String words;

    Result(String words) {
      this.words = words;
    }
  }

  /** The result of a case, and why it is none better. */
  record Found(Result result, String why) {}

  private static final int USAGE = 2;

  private Suite() {}

  static List<Case> cases() {
    return Stream.of(
            LoginCases.all(),
            KeyCases.all(),
            FieldCases.all(),
            SequenceCases.all(),
            DataCases.all(),
            DigestCases.all(),
            TaskCases.all(),
            LossCases.all(),
            RecoveryCases.all())
        .flatMap(List::stream)
        .toList();
  }

  /** Runs a case; what goes wrong with the connection is the target's, too. */
  static Found run(Case one, Portal portal) {
    try {
      one.body().run(portal);
      return new Found(Result.PASSED, "");
    } catch (Verdict.NotSupported none) {
      return new Found(Result.NOT_SUPPORTED, String.valueOf(none.getMessage()));
    } catch (Verdict.Broken | UncheckedIOException | IndexOutOfBoundsException broken) {
      return new Found(Result.FAILED, String.valueOf(broken.getMessage()));
    }
  }

  /**
   * Prints a table as Markdown.
   *
   * @param arguments the target's URL; a word that a case's name has to have
   */
  public static void main(String[] arguments) {
    if (arguments.length < 1 || arguments.length > 2) {
      System.err.println("usage: run iscsi://host:port/target/lun [WORD]");
      System.err.println("It overwrites the first %d blocks.".formatted(Portal.BLOCKS));
      System.exit(USAGE);
    }
    Portal portal = Portal.of(arguments[0]);
    String word = arguments.length > 1 ? arguments[1] : "";
    Map<Result, Integer> counts = print(portal, word, System.out);
    System.exit(counts.getOrDefault(Result.FAILED, 0) == 0 ? 0 : 1);
  }

  private static Map<Result, Integer> print(Portal portal, String word, PrintStream out) {
    Map<Result, Integer> counts = new EnumMap<>(Result.class);
    out.println("| the target | clause | result | |");
    out.println("|---|---|---|---|");
    for (Case one : cases()) {
      if (one.name().contains(word)) {
        Found found = run(one, portal);
        counts.merge(found.result, 1, Integer::sum);
        out.printf(
            "| %s | %s | %s | %s |%n", one.name(), one.clause(), found.result.words, found.why);
      }
    }
    out.println();
    counts.forEach((result, count) -> out.printf("%d %s%n", count, result.words));
    return counts;
  }
}
