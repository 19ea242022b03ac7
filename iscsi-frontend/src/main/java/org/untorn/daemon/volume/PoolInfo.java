package org.untorn.daemon.volume;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.daemon.control.Json;

/**
 * What a pool holds.
 *
 * @param capacity what its segments may take, in bytes
 * @param used what they take, with what is dead in them and not cleaned yet
 * @param volumes by name
 */
public record PoolInfo(long capacity, long used, List<VolumeInfo> volumes) {

  public PoolInfo {
    volumes = List.copyOf(volumes);
  }

  /** The one with this name. */
  public Optional<VolumeInfo> find(String name) {
    return volumes.stream().filter(volume -> volume.name().equals(name)).findFirst();
  }

  /** {@code {"capacity":...,"used":...,"volumes":[...]}}. */
  String json() {
    return Json.object(
        json -> {
          json.writeNumberField("capacity", capacity);
          json.writeNumberField("used", used);
          json.writeArrayFieldStart("volumes");
          for (VolumeInfo volume : volumes) {
            json.writeStartObject();
            volume.write(json);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /** Reads what {@link #json} gives. */
  static PoolInfo read(JsonNode json) {
    List<VolumeInfo> volumes = new ArrayList<>();
    json.path("volumes").forEach(volume -> volumes.add(VolumeInfo.read(volume)));
    return new PoolInfo(json.path("capacity").asLong(), json.path("used").asLong(), volumes);
  }
}
