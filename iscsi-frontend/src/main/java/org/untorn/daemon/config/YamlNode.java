package org.untorn.daemon.config;

import java.util.List;
import java.util.Map;

/** A YAML document, each part with the place where it stands in its file. */
sealed interface YamlNode {

  Place place();

  /** A value: everything is text until it is asked to be something else. */
  record Scalar(String text, Place place) implements YamlNode {}

  /** A list. */
  record Sequence(List<YamlNode> items, Place place) implements YamlNode {}

  /** Keys and values, in the file's order. */
  record Mapping(Map<String, Entry> entries, Place place) implements YamlNode {}

  /** A value and the place of its key. */
  record Entry(Place keyPlace, YamlNode value) {}

  /** A line and a column, from 1. */
  record Place(int line, int column) {}
}
