package org.untorn.core;

import java.util.Arrays;
import java.util.Optional;

/** An asymmetric access state of a target port group (SPC-5 5.16.2, REPORT TARGET PORT GROUPS). */
public enum AccessState {
  ACTIVE_OPTIMIZED(0x0, "active/optimized"),
  ACTIVE_NON_OPTIMIZED(0x1, "active/non-optimized"),
  STANDBY(0x2, "standby"),
  UNAVAILABLE(0x3, "unavailable"),
  TRANSITIONING(0xF, "transitioning");

  private final int code;
  private final String label;

  AccessState(int code, String label) {
    this.code = code;
    this.label = label;
  }

  /** ASYMMETRIC ACCESS STATE. */
  int code() {
    return code;
  }

  /** The standard's words for it. */
  public String label() {
    return label;
  }

  /** The state with a code; nothing if there is none here. */
  static Optional<AccessState> of(int code) {
    return Arrays.stream(values()).filter(state -> state.code == code).findFirst();
  }

  /** The state with that label. */
  public static Optional<AccessState> named(String label) {
    return Arrays.stream(values()).filter(state -> state.label.equals(label)).findFirst();
  }

  /** Whether SET TARGET PORT GROUPS may ask for it: a transition is no aim. */
  boolean mayBeSet() {
    return this != TRANSITIONING;
  }

  /** Whether every command is carried out through a port in this state. */
  boolean isActive() {
    return this == ACTIVE_OPTIMIZED || this == ACTIVE_NON_OPTIMIZED;
  }

  /** Whether a command is carried out through a port in this state. */
  boolean admits(Reach reach) {
    return switch (this) {
      case ACTIVE_OPTIMIZED, ACTIVE_NON_OPTIMIZED -> true;
      case STANDBY -> reach != Reach.ACTIVE;
      case UNAVAILABLE -> reach == Reach.UNAVAILABLE || reach == Reach.ALWAYS;
      case TRANSITIONING -> reach == Reach.ALWAYS;
    };
  }

  /** 02h/04h/0Ah to 0Ch: why a command is not carried out; nothing in the active states. */
  Optional<SenseData> notReady() {
    return switch (this) {
      case ACTIVE_OPTIMIZED, ACTIVE_NON_OPTIMIZED -> Optional.empty();
      case STANDBY ->
          notReady(AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_STANDBY_STATE);
      case UNAVAILABLE ->
          notReady(AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_UNAVAILABLE_STATE);
      case TRANSITIONING ->
          notReady(AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_ASYMMETRIC_ACCESS_STATE_TRANSITION);
    };
  }

  private static Optional<SenseData> notReady(AdditionalSense why) {
    return Optional.of(new SenseData(SenseKey.NOT_READY, why));
  }
}
