package org.untorn.daemon.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.JacksonYAMLParseException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.untorn.daemon.config.YamlNode.Place;

/**
 * Reads one YAML document into {@link YamlNode}s. Of YAML it takes what a configuration needs:
 * mappings with text keys, lists and scalars; no aliases, no key twice, no second document.
 */
final class YamlDocument {

  private static final int DEEPEST = 20;

  private final YAMLParser parser;

  private YamlDocument(YAMLParser parser) {
    this.parser = parser;
  }

  /**
   * Reads a document; an empty one is an empty mapping.
   *
   * @param file the name that problems are reported under
   */
  static Parsed<YamlNode> read(String file, String text) {
    try (YAMLParser parser = new YAMLFactory().createParser(text)) {
      YamlDocument document = new YamlDocument(parser);
      if (parser.nextToken() == null) {
        return Parsed.value(new YamlNode.Mapping(Map.of(), new Place(1, 1)));
      }
      YamlNode root = document.node(0);
      if (parser.nextToken() != null) {
        throw new Unsupported(document.place(), "a second document");
      }
      return Parsed.value(root);
    } catch (Unsupported problem) {
      return Parsed.wrong(at(file, problem.place) + problem.what);
    } catch (JacksonYAMLParseException problem) {
      return Parsed.wrong(at(file, placeOf(problem.getLocation())) + sentences(problem));
    } catch (IOException problem) {
      return Parsed.wrong(file + ": " + sentences(problem));
    }
  }

  /** The beginning of a message about that place of that file. */
  static String at(String file, Place place) {
    return file + ":" + place.line() + ":" + place.column() + ": ";
  }

  private YamlNode node(int depth) throws IOException {
    Place place = place();
    if (parser.isCurrentAlias()) {
      throw new Unsupported(place, "aliases are not supported");
    }
    if (depth > DEEPEST) {
      throw new Unsupported(place, "nested too deeply");
    }
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return mapping(place, depth);
    }
    if (token == JsonToken.START_ARRAY) {
      List<YamlNode> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(node(depth + 1));
      }
      return new YamlNode.Sequence(items, place);
    }
    return new YamlNode.Scalar(parser.getText(), place);
  }

  private YamlNode mapping(Place place, int depth) throws IOException {
    Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      Place keyPlace = place();
      String key = parser.currentName();
      parser.nextToken();
      if (entries.put(key, new YamlNode.Entry(keyPlace, node(depth + 1))) != null) {
        throw new Unsupported(keyPlace, "'" + key + "' is given twice");
      }
    }
    return new YamlNode.Mapping(entries, place);
  }

  private Place place() {
    return placeOf(parser.currentTokenLocation());
  }

  private static Place placeOf(JsonLocation location) {
    return new Place(Math.max(location.getLineNr(), 1), Math.max(location.getColumnNr(), 1));
  }

  /** The parser's sentences without the excerpts that it sets, indented, below each. */
  private static String sentences(IOException problem) {
    return String.valueOf(problem.getMessage())
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith(" "))
        .collect(Collectors.joining(", "));
  }

  /** Ends the reading; never leaves this class. */
  private static final class Unsupported extends IOException {

    private final Place place;
    private final String what;

    Unsupported(Place place, String what) {
      super(what);
      this.place = place;
      this.what = what;
    }
  }
}
