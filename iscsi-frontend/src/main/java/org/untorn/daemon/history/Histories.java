package org.untorn.daemon.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.untorn.backstore.BlockStore;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;
import org.untorn.daemon.verdict.Evidence;
import org.untorn.daemon.verdict.EvidenceFile;
import org.untorn.daemon.verdict.Judged;
import org.untorn.daemon.verdict.VerdictJson;

/**
 * The histories of a device's volumes, and what the control API says of them.
 *
 * <pre>
 *   GET /history            all of them, as 'untorn verdict' reads it
 *   GET /history/verdict    what they say of the device
 *   DELETE /history         begins anew
 * </pre>
 *
 * Volumes are added while the device is built, in their order, before it is asked anything.
 */
public final class Histories implements ControlApi.Tree {

  /** Of all volumes together: to judge so many takes some 150 MB of the heap, at worst. */
  private static final long MOST_BLOCKS = 1 << 17;

  private final List<String> volumes;
  private final List<RecordingStore> stores = new ArrayList<>();

  private Histories(List<String> volumes) {
    this.volumes = List.copyOf(volumes);
  }

  /** None: no filter is put over a volume. */
  public static Histories none() {
    return new Histories(List.of());
  }

  /** Those of a device with these volumes. */
  public static Histories of(List<String> volumes) {
    return new Histories(volumes);
  }

  /** What is to be served instead of the next volume. */
  public BlockStore over(BlockStore store) {
    if (volumes.isEmpty()) {
      return store;
    }
    long share = MOST_BLOCKS / volumes.size();
    RecordingStore recording = new RecordingStore(volumes.get(stores.size()), store, share);
    stores.add(recording);
    return recording;
  }

  /** Notes a power cut, and looks at what is left. */
  public void powerWasCut() {
    stores.forEach(RecordingStore::powerWasCut);
  }

  /**
   * A volume was changed by other means than its unit's commands: what was written before says
   * nothing of it any more.
   */
  public void changed(String volume) {
    for (int i = 0; i < stores.size(); i++) {
      if (volumes.get(i).equals(volume)) {
        stores.get(i).forget();
      }
    }
  }

  @Override
  public List<Route> routes() {
    return Route.all("GET /history", "DELETE /history", "GET /history/verdict");
  }

  @Override
  public Answer answer(Request request) throws IOException {
    if (volumes.isEmpty()) {
      return Answer.error(404, "no history is kept; serve with --history");
    }
    if (request.method().equals("DELETE")) {
      stores.forEach(RecordingStore::forget);
      return Answer.json(200, Json.object(json -> json.writeStringField("status", "forgotten")));
    }
    return request.below().isEmpty() ? Answer.text(200, "application/json", text()) : judged();
  }

  private String text() throws IOException {
    return EvidenceFile.text(evidence()).text();
  }

  private Evidence evidence() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("recorded by", "the device");
    for (RecordingStore store : stores) {
      store.gap().ifPresent(why -> facts.put(Evidence.gap(store.recording().name()), why));
    }
    return new Evidence(facts, stores.stream().map(RecordingStore::recording).toList());
  }

  /** One at a time: it takes memory. */
  private synchronized Answer judged() {
    Evidence evidence = evidence();
    List<Judged> all = Judged.all(evidence);
    return Answer.json(
        200, Json.object(json -> VerdictJson.write(json, evidence.gaps().isEmpty(), all)));
  }
}
