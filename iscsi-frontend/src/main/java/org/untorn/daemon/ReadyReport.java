package org.untorn.daemon;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.control.Json;
import org.untorn.iscsi.session.NetworkPortal;
import org.untorn.vpd.AtomicLimits;

/**
 * What the daemon says when it serves: for people, or as one line of JSON.
 *
 * @param portals at least one
 * @param luns at least one
 */
record ReadyReport(
    List<NetworkPortal> portals, URI control, Storage storage, List<ServedLun> luns) {

  /** The first portal. */
  Portal portal() {
    return new Portal(portals.getFirst().address());
  }

  /**
   * {@code {"event":"ready","portal":...,"target":...,"lun":0,"url":...,"luns":[...],"portals":
   * [{"portal":...,"tag":1},...],...}}; the URLs go through the first portal.
   */
  String json() {
    return Json.object(
        json -> {
          json.writeStringField("event", "ready");
          json.writeStringField("portal", portal().reachable().toString());
          write(json, luns.getFirst());
          json.writeArrayFieldStart("luns");
          for (ServedLun lun : luns) {
            json.writeStartObject();
            write(json, lun);
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeArrayFieldStart("portals");
          for (NetworkPortal one : portals) {
            json.writeStartObject();
            json.writeStringField("portal", new Portal(one.address()).reachable().toString());
            json.writeNumberField("tag", one.portalGroupTag());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeStringField("control", control.toString());
        });
  }

  private void write(JsonGenerator json, ServedLun lun) throws IOException {
    json.writeStringField("target", lun.target());
    json.writeNumberField("lun", lun.config().number());
    json.writeStringField("url", url(lun));
  }

  /** What is served, and how to reach it. */
  String text() {
    String served = luns.stream().map(this::served).collect(Collectors.joining());
    String logins =
        luns.stream()
            .map(ServedLun::target)
            .distinct()
            .flatMap(
                target ->
                    portals.stream()
                        .map(
                            one ->
                                "  iscsiadm -m node -T %s -p %s --login%n"
                                    .formatted(target, new Portal(one.address()).reachable())))
            .collect(Collectors.joining());
    return """
        Untorn %s is ready; its blocks are kept in %s.
        %s
        From Linux:
          iscsiadm -m discovery -t sendtargets -p %s
        %s
        Control API: %s
        """
        .formatted(Version.CURRENT, storage, served, portal().reachable(), logins, control);
  }

  private String served(ServedLun lun) {
    int protection = lun.store().geometry().protection();
    return "%n  %s%n    %s in blocks of %d bytes%s; %s%n"
        .formatted(
            url(lun),
            new Size(lun.store().geometry().bytes()),
            lun.config().blockSize(),
            protection == 0 ? "" : " with protection information of type " + protection,
            atomic(lun));
  }

  private static String atomic(ServedLun lun) {
    AtomicLimits limits = lun.config().atomic();
    if (!limits.supported()) {
      return "no WRITE ATOMIC";
    }
    int block = lun.config().blockSize();
    return "WRITE ATOMIC up to %s, granularity %s"
        .formatted(
            new Size(limits.maximumTransferLength() * block),
            new Size(Math.max(1, limits.granularity()) * block));
  }

  private String url(ServedLun lun) {
    return portal().url(lun.target(), lun.config().number());
  }
}
