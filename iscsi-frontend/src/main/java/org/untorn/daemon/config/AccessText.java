package org.untorn.daemon.config;

import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes who may log in, and the limits; what is as usual is left out. */
final class AccessText {

  private AccessText() {}

  static void write(YAMLGenerator yaml, AccessConfig access) throws IOException {
    write(yaml, "controlToken", access.controlToken().map(Path::toString));
    write(yaml, "secrets", access.secrets().map(Path::toString));
    if (!access.algorithms().isEmpty()) {
      yaml.writeArrayFieldStart("chapAlgorithms");
      for (String algorithm : access.algorithms()) {
        yaml.writeString(algorithm);
      }
      yaml.writeEndArray();
    }
    write(yaml, "discovery", access.discovery());
    LimitsConfig limits = access.limits();
    if (!limits.equals(LimitsConfig.DEFAULT)) {
      yaml.writeObjectFieldStart("limits");
      yaml.writeNumberField("connections", limits.connections());
      yaml.writeNumberField("halfOpenLogins", limits.halfOpen());
      yaml.writeNumberField("loginSeconds", limits.loginSeconds());
      yaml.writeNumberField("wrongLogins", limits.wrongLogins());
      yaml.writeNumberField("commands", limits.commands());
      yaml.writeStringField("data", limits.data().toString());
      yaml.writeStringField("connectionData", limits.connectionData().toString());
      yaml.writeEndObject();
    }
  }

  static void write(YAMLGenerator yaml, String key, List<AccessRule> rules) throws IOException {
    if (rules.isEmpty()) {
      return;
    }
    yaml.writeArrayFieldStart(key);
    for (AccessRule rule : rules) {
      yaml.writeStartObject();
      write(yaml, "initiator", rule.initiator());
      write(yaml, "network", rule.network().map(Network::toString));
      write(yaml, "user", rule.user());
      write(yaml, "targetUser", rule.targetUser());
      if (rule.luns().isPresent()) {
        yaml.writeObjectFieldStart("luns");
        for (Map.Entry<Integer, Integer> lun : rule.luns().get().entrySet()) {
          yaml.writeNumberField(lun.getKey().toString(), lun.getValue());
        }
        yaml.writeEndObject();
      }
      yaml.writeEndObject();
    }
    yaml.writeEndArray();
  }

  private static void write(YAMLGenerator yaml, String key, Optional<String> value)
      throws IOException {
    if (value.isPresent()) {
      yaml.writeStringField(key, value.get());
    }
  }
}
