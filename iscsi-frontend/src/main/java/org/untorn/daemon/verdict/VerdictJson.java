package org.untorn.daemon.verdict;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.untorn.oracle.Diagnosis;
import org.untorn.oracle.Fate;
import org.untorn.oracle.Finding;

/** A verdict for programs. */
public final class VerdictJson {

  /** So many findings are told of each recording; all of them are counted. */
  private static final int MOST_FINDINGS = 1000;

  private VerdictJson() {}

  /**
   * Writes the fields {@code kept}, {@code whole} and {@code recordings} of an object.
   *
   * @param whole whether nothing is missing of what was recorded; else nobody knows what was kept
   */
  public static void write(JsonGenerator json, boolean whole, List<Judged> all) throws IOException {
    json.writeBooleanField("kept", whole && all.stream().allMatch(one -> one.verdict().kept()));
    json.writeBooleanField("whole", whole);
    json.writeArrayFieldStart("recordings");
    for (Judged one : all) {
      write(json, one);
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Judged one) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", one.recording().name());
    json.writeNumberField("cuts", one.verdict().powerCuts());
    json.writeNumberField("hits", one.verdict().hits());
    json.writeObjectFieldStart("cutsWith");
    for (Fate fate : Fate.values()) {
      json.writeNumberField(fate.toString(), one.cutsWith(fate));
    }
    json.writeEndObject();
    json.writeNumberField("broken", one.verdict().findings().size());
    json.writeArrayFieldStart("suspects");
    for (Diagnosis.Suspicion suspicion : one.suspicions()) {
      json.writeStartObject();
      json.writeStringField("defect", suspicion.defect());
      json.writeStringField("why", suspicion.why());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("findings");
    List<Finding> findings = one.verdict().findings();
    for (Finding finding : findings.subList(0, Math.min(MOST_FINDINGS, findings.size()))) {
      write(json, finding);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Finding finding) throws IOException {
    json.writeStartObject();
    json.writeStringField("promise", finding.promise().name());
    json.writeStringField("fate", finding.fate().toString());
    json.writeNumberField("cut", finding.cut());
    json.writeNumberField("lba", finding.lba());
    json.writeNumberField("blocks", finding.blocks());
    json.writeArrayFieldStart("operations");
    for (int operation : finding.operations()) {
      json.writeNumber(operation);
    }
    json.writeEndArray();
    json.writeStringField("sentence", finding.sentence());
    json.writeEndObject();
  }
}
