package org.untorn.core;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Through which target port groups a logical unit can be reached, and how well (SPC-5 5.16,
 * asymmetric logical unit access). Groups neither come nor go; their states change by SET TARGET
 * PORT GROUPS, and from outside, which is what the standard calls implicit.
 *
 * <p>The states are one immutable map, swapped under this object's lock and read without it: a
 * command that finds all groups active looks at one reference. They outlive resets.
 */
final class TargetPortGroups {

  /** Why a group has the state that it has: the STATUS CODE of REPORT TARGET PORT GROUPS. */
  enum Status {
    NONE(0),
    SET_BY_COMMAND(1),
    CHANGED_IMPLICITLY(2);

    private final int code;

    Status(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /**
   * A target port group.
   *
   * @param tag TARGET PORT GROUP
   * @param ports the relative identifiers of its ports, ascending
   */
  record Group(int tag, List<Integer> ports, AccessState state, Status status) {

    Group {
      ports = List.copyOf(ports);
    }

    private Group in(AccessState other, Status why) {
      return new Group(tag, ports, other, why);
    }
  }

  /** The tag of each port's group, by the port's name. */
  private final Map<String, Integer> tags;

  /** Replaced under this object's lock, read without it. */
  private volatile SortedMap<Integer, Group> groups;

  /** Whether all of them are active: all that most commands look at. */
  private volatile boolean allActive = true;

  /** The groups of some ports, all active and optimized. */
  TargetPortGroups(List<TargetPort> ports) {
    tags = ports.stream().collect(Collectors.toMap(TargetPort::name, TargetPort::group));
    SortedMap<Integer, Group> made = new TreeMap<>();
    ports.stream()
        .collect(
            Collectors.groupingBy(
                TargetPort::group,
                Collectors.mapping(TargetPort::relativeIdentifier, Collectors.toList())))
        .forEach(
            (tag, members) ->
                made.put(
                    tag,
                    new Group(
                        tag,
                        members.stream().sorted().toList(),
                        AccessState.ACTIVE_OPTIMIZED,
                        Status.NONE)));
    groups = Collections.unmodifiableSortedMap(made);
  }

  /** All groups, by tag. */
  Collection<Group> all() {
    return groups.values();
  }

  /** The tags of all groups. */
  Set<Integer> tags() {
    return groups.keySet();
  }

  /** The state of the group that a nexus goes through; active for one that is not known. */
  AccessState through(Nexus nexus) {
    if (allActive) {
      return AccessState.ACTIVE_OPTIMIZED;
    }
    Integer tag = tags.get(nexus.targetPort());
    Group group = tag == null ? null : groups.get(tag);
    return group == null ? AccessState.ACTIVE_OPTIMIZED : group.state();
  }

  /**
   * Puts groups into states.
   *
   * @param to by the tags of groups that there are
   * @return whether any of them was in another state before
   */
  synchronized boolean set(Map<Integer, AccessState> to, Status why) {
    SortedMap<Integer, Group> next = new TreeMap<>(groups);
    boolean changed = false;
    for (Group group : groups.values()) {
      AccessState state = to.getOrDefault(group.tag(), group.state());
      changed |= state != group.state();
      if (to.containsKey(group.tag())) {
        next.put(group.tag(), group.in(state, why));
      }
    }
    groups = Collections.unmodifiableSortedMap(next);
    allActive = next.values().stream().allMatch(group -> group.state().isActive());
    return changed;
  }
}
