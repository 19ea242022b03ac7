package org.untorn.daemon.config;

import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.untorn.vpd.AtomicLimits;

/** Writes a configuration as the YAML that {@link ConfigFile} reads back to an equal one. */
public final class ConfigText {

  private ConfigText() {}

  /** The whole configuration, every default spelled out. */
  public static String of(DaemonConfig config) {
    StringWriter text = new StringWriter();
    YAMLFactory factory =
        YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();
    try (YAMLGenerator yaml = factory.createGenerator(text)) {
      yaml.writeStartObject();
      write(yaml, config.portals());
      yaml.writeStringField("advertise", config.advertised().toString());
      yaml.writeStringField("control", config.control().toString());
      switch (config.storage()) {
        case Storage.Directory directory ->
            yaml.writeStringField("dir", directory.path().toString());
        case Storage.Memory _ -> yaml.writeBooleanField("ram", true);
      }
      if (config.capacity().isPresent()) {
        yaml.writeStringField("capacity", config.capacity().get().toString());
      }
      yaml.writeStringField("threshold", config.threshold().toString());
      AccessText.write(yaml, config.access());
      yaml.writeArrayFieldStart("targets");
      for (TargetConfig target : config.targets()) {
        write(yaml, target);
      }
      yaml.writeEndArray();
      if (config.history()) {
        yaml.writeBooleanField("history", true);
      }
      if (!config.faults().equals(FaultConfig.NONE)) {
        write(yaml, config.faults());
      }
      yaml.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter failed", e);
    }
    return text.toString();
  }

  /** One portal with the usual tag is one word. */
  private static void write(YAMLGenerator yaml, List<PortalConfig> portals) throws IOException {
    PortalConfig first = portals.getFirst();
    if (portals.equals(List.of(PortalConfig.at(first.endpoint())))) {
      yaml.writeStringField("listen", first.endpoint().toString());
      return;
    }
    yaml.writeArrayFieldStart("listen");
    for (PortalConfig portal : portals) {
      yaml.writeString(portal.toString());
    }
    yaml.writeEndArray();
  }

  private static void write(YAMLGenerator yaml, FaultConfig faults) throws IOException {
    yaml.writeObjectFieldStart("faults");
    yaml.writeNumberField("seed", faults.seed());
    if (faults.cache().isPresent()) {
      yaml.writeStringField("cache", faults.cache().get().toString());
    }
    yaml.writeBooleanField("tearPlainWrites", faults.tearPlainWrites());
    yaml.writeArrayFieldStart("defects");
    for (String defect : faults.defects()) {
      yaml.writeString(defect);
    }
    yaml.writeEndArray();
    if (faults.rules().isPresent()) {
      yaml.writeArrayFieldStart("rules");
      for (String rule : faults.rules().get()) {
        yaml.writeString(rule);
      }
      yaml.writeEndArray();
    }
    yaml.writeEndObject();
  }

  private static void write(YAMLGenerator yaml, MediumConfig medium) throws IOException {
    if (medium.removable()) {
      yaml.writeBooleanField("removable", true);
    }
    if (medium.notReady()) {
      yaml.writeBooleanField("notReady", true);
    }
    if (medium.eraseRate().isPresent()) {
      yaml.writeStringField("eraseRate", medium.eraseRate().get().toString());
    }
  }

  private static void write(YAMLGenerator yaml, TargetConfig target) throws IOException {
    yaml.writeStartObject();
    yaml.writeStringField("name", target.name());
    yaml.writeArrayFieldStart("luns");
    for (LunConfig lun : target.luns()) {
      yaml.writeStartObject();
      yaml.writeNumberField("lun", lun.number());
      yaml.writeStringField("volume", lun.volume());
      yaml.writeStringField("size", lun.initialSize().toString());
      yaml.writeNumberField("blockSize", lun.blockSize());
      yaml.writeNumberField("physicalBlockSize", lun.physicalBlockSize());
      if (lun.protection().isPresent()) {
        yaml.writeNumberField("protection", lun.protection().get());
      }
      write(yaml, lun.medium());
      yaml.writeObjectFieldStart("atomic");
      AtomicLimits atomic = lun.atomic();
      yaml.writeNumberField("max", atomic.maximumTransferLength());
      yaml.writeNumberField("alignment", atomic.alignment());
      yaml.writeNumberField("granularity", atomic.granularity());
      yaml.writeNumberField("maxWithBoundary", atomic.maximumTransferLengthWithBoundary());
      yaml.writeNumberField("boundaryMax", atomic.maximumBoundarySize());
      yaml.writeEndObject();
      yaml.writeEndObject();
    }
    yaml.writeEndArray();
    AccessText.write(yaml, "access", target.access());
    yaml.writeEndObject();
  }
}
