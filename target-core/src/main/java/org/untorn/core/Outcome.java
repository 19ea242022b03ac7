package org.untorn.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** How a task ended (SAM-5 5.3: status, and what goes with it). */
public sealed interface Outcome {

  /** GOOD without data. */
  Good GOOD = new Good(Unpooled.EMPTY_BUFFER);

  /** GOOD with data. */
  static Outcome good(byte[] dataIn) {
    return new Good(Unpooled.wrappedBuffer(dataIn));
  }

  /** CHECK CONDITION with sense data in the format that is asked for. */
  static Outcome checkCondition(SenseData why, boolean descriptorFormat) {
    return new CheckCondition(Unpooled.wrappedBuffer(why.encode(descriptorFormat)));
  }

  /** The status code as it goes on the wire. */
  int status();

  /** Lets go of what goes with an outcome that nobody hears of. */
  static void discard(Outcome outcome) {
    switch (outcome) {
      case Good(ByteBuf dataIn) -> dataIn.release();
      case CheckCondition(ByteBuf senseData) -> senseData.release();
      case Busy _, ReservationConflict _, TaskSetFull _, AcaActive _, TaskAborted _, Other _ -> {}
    }
  }

  /**
   * GOOD. {@code dataIn} is all that the command returns; the transport cuts it to what the
   * initiator expects and says so.
   */
  record Good(ByteBuf dataIn) implements Outcome {
    @Override
    public int status() {
      return 0x00;
    }
  }

  /** CHECK CONDITION with sense data, already in the format that the D_SENSE bit asks for. */
  record CheckCondition(ByteBuf senseData) implements Outcome {
    @Override
    public int status() {
      return 0x02;
    }
  }

  /** BUSY: try again later. */
  record Busy() implements Outcome {
    @Override
    public int status() {
      return 0x08;
    }
  }

  /** RESERVATION CONFLICT: another nexus holds a reservation that this command would break. */
  record ReservationConflict() implements Outcome {
    @Override
    public int status() {
      return 0x18;
    }
  }

  /** ACA ACTIVE: an auto contingent allegiance keeps the command out (SAM-5 5.9). */
  record AcaActive() implements Outcome {
    @Override
    public int status() {
      return 0x30;
    }
  }

  /** TASK ABORTED: another nexus ended the task, and the TAS bit is set (SPC-5 7.5.8). */
  record TaskAborted() implements Outcome {
    @Override
    public int status() {
      return 0x40;
    }
  }

  /** A status that this device has no reason of its own for, without data (SAM-5 5.3.1). */
  record Other(int status) implements Outcome {}

  /** TASK SET FULL: the task set has no room; it was not entered. */
  record TaskSetFull() implements Outcome {
    @Override
    public int status() {
      return 0x28;
    }
  }
}
