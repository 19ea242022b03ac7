package org.untorn.core;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The current values of all mode pages, and those of them that other commands obey. Immutable: MODE
 * SELECT makes another one.
 */
final class ModeParameters {

  /** Every page at its defaults. */
  static final ModeParameters DEFAULTS = new ModeParameters(Map.of());

  private final Map<ModePage, byte[]> changed;
  private final boolean writeCacheEnabled;
  private final boolean descriptorSense;
  private final boolean softwareWriteProtect;
  private final TaskRules taskRules;

  private ModeParameters(Map<ModePage, byte[]> changed) {
    this.changed = changed;
    writeCacheEnabled = ModePage.writeCacheEnabled(current(ModePage.CACHING));
    descriptorSense = ModePage.descriptorSense(current(ModePage.CONTROL));
    taskRules = ModePage.taskRules(current(ModePage.CONTROL));
    softwareWriteProtect = ModePage.softwareWriteProtect(current(ModePage.CONTROL));
  }

  /** The current bytes of a page. */
  byte[] current(ModePage page) {
    byte[] bytes = changed.get(page);
    return bytes == null ? page.defaults() : bytes.clone();
  }

  /** The same with one page replaced. */
  ModeParameters with(ModePage page, byte[] bytes) {
    Map<ModePage, byte[]> more = new HashMap<>(changed);
    more.put(page, bytes.clone());
    return new ModeParameters(more);
  }

  /**
   * These with a change taken back: every page that still has the value that the change gave it has
   * the one before again.
   */
  ModeParameters without(ModeParameters after, ModeParameters before) {
    ModeParameters result = this;
    for (ModePage page : ModePage.TABLE) {
      if (Arrays.equals(current(page), after.current(page))) {
        result = result.with(page, before.current(page));
      }
    }
    return result;
  }

  /** Whether all pages have the same values. */
  boolean sameAs(ModeParameters other) {
    return ModePage.TABLE.stream()
        .allMatch(page -> Arrays.equals(current(page), other.current(page)));
  }

  /** WCE of the caching page: whether a write may be answered before it is on stable storage. */
  boolean writeCacheEnabled() {
    return writeCacheEnabled;
  }

  /** D_SENSE of the control page: whether sense data goes out in descriptor format. */
  boolean descriptorSense() {
    return descriptorSense;
  }

  /** What the control page says of the task set. */
  TaskRules taskRules() {
    return taskRules;
  }

  /** SWP of the control page: whether commands that change the medium are refused. */
  boolean softwareWriteProtect() {
    return softwareWriteProtect;
  }
}
