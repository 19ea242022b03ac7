package org.untorn.daemon.volume;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.untorn.backstore.Geometry;

/**
 * A volume or snapshot.
 *
 * @param writable false for a snapshot
 * @param mappedBlocks logical blocks that hold data; some of it may be shared with others
 * @param luns the logical units that serve it
 */
public record VolumeInfo(
    String name, boolean writable, Geometry geometry, long mappedBlocks, List<Lun> luns) {

  /** A logical unit, by its target's name and its number. */
  public record Lun(String target, int number) {

    @Override
    public String toString() {
      return target + "/" + number;
    }
  }

  public VolumeInfo {
    luns = List.copyOf(luns);
  }

  /** What it is called: {@code volume} or {@code snapshot}. */
  public String kind() {
    return writable ? "volume" : "snapshot";
  }

  /** How many bytes of it hold data, protection information not counted. */
  public long mappedBytes() {
    return mappedBlocks * geometry.dataLength();
  }

  /** Writes the fields of its JSON object. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStringField("name", name);
    json.writeStringField("kind", kind());
    json.writeNumberField("blockSize", geometry.dataLength());
    if (geometry.protection() != 0) {
      json.writeNumberField("protection", geometry.protection());
    }
    json.writeNumberField("blocks", geometry.blocks());
    json.writeNumberField("bytes", geometry.bytes());
    json.writeNumberField("mappedBytes", mappedBytes());
    json.writeArrayFieldStart("luns");
    for (Lun lun : luns) {
      json.writeStartObject();
      json.writeStringField("target", lun.target());
      json.writeNumberField("lun", lun.number());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Reads what {@link #write} wrote. */
  static VolumeInfo read(JsonNode json) {
    List<Lun> luns = new ArrayList<>();
    for (JsonNode lun : json.path("luns")) {
      luns.add(new Lun(lun.path("target").asText(), lun.path("lun").asInt()));
    }
    Geometry geometry =
        Geometry.ofData(
            json.path("blockSize").asInt(),
            json.path("blocks").asLong(),
            json.path("protection").asInt(0));
    return new VolumeInfo(
        json.path("name").asText(),
        json.path("kind").asText().equals("volume"),
        geometry,
        json.path("mappedBytes").asLong() / geometry.dataLength(),
        luns);
  }
}
