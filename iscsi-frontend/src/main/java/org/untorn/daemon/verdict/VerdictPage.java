package org.untorn.daemon.verdict;

import java.util.List;
import java.util.Map;
import org.untorn.oracle.CutVerdict;
import org.untorn.oracle.Diagnosis;
import org.untorn.oracle.Fate;
import org.untorn.oracle.Finding;
import org.untorn.oracle.Promise;
import org.untorn.oracle.RangeVerdict;

/**
 * A verdict as one page of HTML that needs nothing else: what was promised, what became of every
 * written range of every cut (a coloured mark each), and each broken promise in words.
 */
final class VerdictPage {

  /** So many findings and cuts are shown; all of them are counted. */
  private static final int MOST_FINDINGS = 200;

  private static final int MOST_CUTS = 1000;

  private static final String STYLE =
      """
      :root{--new:#4c956c;--old:#a9b4c2;--torn:#e76f51;--lost:#b5179e;--reordered:#7209b7;\
      --misdirected:#f4a261;--corrupt:#d00000;--ink:#1d2733;--paper:#fbfbf9;--line:#dde2e6}
      @media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--paper:#15191e;--line:#333a42}}
      body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);\
      max-width:62rem;margin:2.5rem auto;padding:0 1.2rem}
      h1{font-size:1.7rem;margin:0 0 .3rem}h2{margin:2.4rem 0 .4rem;font-size:1.25rem}
      .verdict{font-size:1.15rem;border-left:.4rem solid;padding:.3rem .9rem;margin:1rem 0}
      .kept{border-color:var(--new)}.broken{border-color:var(--corrupt)}
      table{border-collapse:collapse;margin:.8rem 0}th,td{text-align:right;padding:.25rem .8rem;\
      border-bottom:1px solid var(--line)}th:first-child,td:first-child{text-align:left}
      .cuts{line-height:0;display:flex;flex-wrap:wrap;gap:3px 5px}.cut{display:inline-flex;gap:1px}
      .cut i,.key i{display:inline-block;width:.55rem;height:.9rem;border-radius:1px}
      .key{display:flex;flex-wrap:wrap;gap:1.1rem;font-size:.9rem;margin:.6rem 0}.key i{\
      margin-right:.35rem;vertical-align:-.1rem}
      ol{padding-left:1.4rem}li{margin:.35rem 0}dl{display:grid;grid-template-columns:max-content 1fr;\
      gap:.15rem 1rem;font-size:.9rem}dt{opacity:.7}dd{margin:0}code{font-size:.9em}
      """;

  private VerdictPage() {}

  static String of(Evidence evidence, List<Judged> all) {
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
        .append("<title>Verdict</title><style>\n")
        .append(STYLE);
    for (Fate fate : Fate.values()) {
      page.append(".%s{background:var(--%s)}".formatted(fate, fate));
    }
    page.append("\n</style>\n<h1>What the disk did with its promises</h1>\n");
    headline(page, evidence, all);
    table(page, all);
    all.forEach(one -> recording(page, one));
    page.append("<h2>How this came about</h2>\n<dl>");
    for (Map.Entry<String, String> fact : evidence.facts().entrySet()) {
      page.append("<dt>%s<dd>%s\n".formatted(text(fact.getKey()), text(fact.getValue())));
    }
    return page.append("</dl>\n</html>\n").toString();
  }

  private static void headline(StringBuilder page, Evidence evidence, List<Judged> all) {
    long broken = all.stream().mapToLong(one -> one.verdict().findings().size()).sum();
    long cuts = all.stream().mapToLong(one -> one.verdict().powerCuts()).sum();
    page.append(
        broken == 0
            ? "<p class=\"verdict kept\">It kept every promise, through %d power cuts.</p>%n"
                .formatted(cuts)
            : "<p class=\"verdict broken\">It broke its promises %d times, in %d power cuts.</p>%n"
                .formatted(broken, cuts));
    for (String gap : evidence.gaps()) {
      page.append(
          "<p class=\"verdict broken\">%s: what came after is not judged.</p>%n"
              .formatted(text(gap)));
    }
  }

  private static void table(StringBuilder page, List<Judged> all) {
    page.append("<table><tr><th><th>cuts<th>that hit a write");
    for (Fate fate : Fate.values()) {
      page.append("<th>").append(fate);
    }
    page.append("<th>promises broken\n");
    for (Judged one : all) {
      page.append(
          "<tr><td>%s<td>%d<td>%d"
              .formatted(
                  text(one.recording().name()), one.verdict().powerCuts(), one.verdict().hits()));
      for (Fate fate : Fate.values()) {
        page.append("<td>").append(one.cutsWith(fate));
      }
      page.append("<td>%d%n".formatted(one.verdict().findings().size()));
    }
    page.append("</table><p>A number under a fate counts the cuts that left a range so. A plain")
        .append(" write that is torn, or an unflushed one that is gone, breaks no promise.</p>\n");
  }

  private static void recording(StringBuilder page, Judged one) {
    page.append("<h2>%s</h2>%n".formatted(text(one.recording().name())));
    for (Diagnosis.Suspicion suspicion : one.suspicions()) {
      page.append(
          "<p class=\"verdict broken\">This looks like the defect <b>%s</b>: %s.</p>%n"
              .formatted(text(suspicion.defect()), text(suspicion.why())));
    }
    page.append("<div class=\"key\">");
    for (Fate fate : Fate.values()) {
      page.append("<span><i class=\"%s\"></i>%s</span>".formatted(fate, fate));
    }
    page.append("</div>\n<div class=\"cuts\">\n");
    one.verdict().cuts().stream().limit(MOST_CUTS).forEach(cut -> cut(page, cut));
    page.append("</div>\n");
    List<Finding> findings = one.verdict().findings();
    if (!findings.isEmpty()) {
      page.append("<ol>\n");
      findings.stream().limit(MOST_FINDINGS).forEach(finding -> finding(page, finding));
      page.append("</ol>\n");
      if (findings.size() > MOST_FINDINGS) {
        page.append("<p>And %d more.</p>%n".formatted(findings.size() - MOST_FINDINGS));
      }
    }
  }

  private static void cut(StringBuilder page, CutVerdict cut) {
    page.append("<span class=\"cut\">");
    for (RangeVerdict range : cut.ranges()) {
      page.append(
          "<i class=\"%s\" title=\"%s\"></i>"
              .formatted(
                  range.fate(),
                  text(
                      "cut %d, write %d, %s: %s"
                          .formatted(cut.number(), range.id(), range.write(), range.fate()))));
    }
    page.append("</span>\n");
  }

  private static void finding(StringBuilder page, Finding finding) {
    Promise promise = finding.promise();
    page.append(
        "<li><b>%s</b>, %s: %s. <i>Promised: %s.</i>%n"
            .formatted(
                finding.fate(),
                VerdictText.where(finding),
                text(finding.sentence()),
                promise.sentence()));
  }

  private static String text(String text) {
    return VerdictXml.escaped(text);
  }
}
