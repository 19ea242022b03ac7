package org.untorn.daemon.verdict;

import java.util.List;
import org.untorn.oracle.Finding;
import org.untorn.oracle.Promise;

/** A verdict as JUnit's XML: a suite for each recording, a case for each promise. */
final class VerdictXml {

  private VerdictXml() {}

  static String of(List<Judged> all) {
    StringBuilder xml =
        new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (Judged one : all) {
      List<Finding> findings = one.verdict().findings();
      long failed = findings.stream().map(Finding::promise).distinct().count();
      xml.append(
          " <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"0\">%n"
              .formatted(escaped(one.recording().name()), Promise.values().length, failed));
      for (Promise promise : Promise.values()) {
        testCase(
            xml,
            one,
            promise,
            findings.stream().filter(finding -> finding.promise() == promise).toList());
      }
      xml.append(" </testsuite>\n");
    }
    return xml.append("</testsuites>\n").toString();
  }

  private static void testCase(
      StringBuilder xml, Judged one, Promise promise, List<Finding> broken) {
    xml.append(
        "  <testcase classname=\"%s\" name=\"%s\">"
            .formatted(escaped(one.recording().name()), escaped(promise.sentence())));
    if (!broken.isEmpty()) {
      xml.append(
          "%n   <failure type=\"%s\" message=\"%s\">"
              .formatted(promise, escaped("broken %d times".formatted(broken.size()))));
      for (Finding finding : broken) {
        xml.append(escaped(VerdictText.where(finding) + ": " + finding.sentence())).append('\n');
      }
      xml.append("</failure>\n  ");
    }
    xml.append("</testcase>\n");
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
