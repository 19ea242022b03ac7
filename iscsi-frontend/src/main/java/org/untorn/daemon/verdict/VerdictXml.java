package org.untorn.daemon.verdict;

import java.util.List;
import java.util.Optional;
import org.untorn.oracle.Finding;
import org.untorn.oracle.Promise;

/**
 * A verdict as JUnit's XML: a suite for each recording, a case for each promise, and one for the
 * recording itself. Where that is not whole, this case is in error, and those promises of which
 * nothing bad is known are skipped: inconclusive.
 */
final class VerdictXml {

  private VerdictXml() {}

  static String of(Evidence evidence, List<Judged> all) {
    StringBuilder xml =
        new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    all.forEach(one -> suite(xml, one, evidence.gapOf(one.recording().name())));
    return xml.append("</testsuites>\n").toString();
  }

  private static void suite(StringBuilder xml, Judged one, Optional<String> gap) {
    List<Finding> findings = one.verdict().findings();
    long failed = findings.stream().map(Finding::promise).distinct().count();
    int promises = Promise.values().length;
    xml.append(
        " <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\">%n"
            .formatted(
                escaped(one.recording().name()),
                promises + 1,
                failed,
                gap.isPresent() ? 1 : 0,
                gap.isPresent() ? promises - failed : 0));
    open(xml, one, "The recording is whole.");
    gap.ifPresent(why -> xml.append("<error message=\"%s\"/>".formatted(escaped(why))));
    xml.append("</testcase>\n");
    for (Promise promise : Promise.values()) {
      open(xml, one, promise.sentence());
      List<Finding> broken = findings.stream().filter(f -> f.promise() == promise).toList();
      if (!broken.isEmpty()) {
        failure(xml, promise, broken);
      } else if (gap.isPresent()) {
        xml.append("<skipped message=\"inconclusive: %s\"/>".formatted(escaped(gap.get())));
      }
      xml.append("</testcase>\n");
    }
    xml.append(" </testsuite>\n");
  }

  private static void open(StringBuilder xml, Judged one, String name) {
    xml.append(
        "  <testcase classname=\"%s\" name=\"%s\">"
            .formatted(escaped(one.recording().name()), escaped(name)));
  }

  private static void failure(StringBuilder xml, Promise promise, List<Finding> broken) {
    xml.append(
        "%n   <failure type=\"%s\" message=\"%s\">"
            .formatted(promise, escaped("broken %d times".formatted(broken.size()))));
    for (Finding finding : broken) {
      xml.append(escaped(VerdictText.where(finding) + ": " + finding.sentence())).append('\n');
    }
    xml.append("</failure>\n  ");
  }

  /** Text that stands in XML and HTML. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]", "?");
  }
}
