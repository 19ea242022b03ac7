package org.untorn.backstore.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.untorn.backstore.Medium;
import org.untorn.backstore.Purpose;

/**
 * A filter that fails I/O: the n-th of a kind and purpose from now on, and as many after it as the
 * fault says. A failed I/O does nothing below. The list of faults is guarded by this object's
 * monitor.
 */
public final class FaultyMedium implements Medium {

  private final Medium below;
  private final List<Countdown> faults = new ArrayList<>();
  private int fired;

  public FaultyMedium(Medium below) {
    this.below = below;
  }

  /** What can fail. */
  public enum Io {
    READ,
    WRITE,
    SYNC
  }

  /**
   * What to fail.
   *
   * @param skip how many I/Os of that kind and purpose still succeed
   * @param times how many fail then
   * @param why the message of the exception
   */
  public record Fault(Io io, Purpose purpose, int skip, int times, String why) {}

  /** Plans a fault. */
  public synchronized void plan(Fault fault) {
    faults.add(new Countdown(fault));
  }

  /** How many I/Os have failed. */
  public synchronized int fired() {
    return fired;
  }

  @Override
  public List<String> files() throws IOException {
    return below.files();
  }

  @Override
  public long length(String file) throws IOException {
    return below.length(file);
  }

  @Override
  public void read(String file, long offset, ByteBuffer into, Purpose purpose) throws IOException {
    check(Io.READ, file, purpose);
    below.read(file, offset, into, purpose);
  }

  @Override
  public void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    check(Io.WRITE, file, purpose);
    below.write(file, offset, data, purpose);
  }

  @Override
  public void sync(String file, Purpose purpose) throws IOException {
    check(Io.SYNC, file, purpose);
    below.sync(file, purpose);
  }

  @Override
  public void delete(String file) throws IOException {
    below.delete(file);
  }

  @Override
  public void close() throws IOException {
    below.close();
  }

  private synchronized void check(Io io, String file, Purpose purpose) throws IOException {
    Iterator<Countdown> all = faults.iterator();
    while (all.hasNext()) {
      Countdown countdown = all.next();
      if (countdown.fault.io() == io && countdown.fault.purpose() == purpose) {
        countdown.seen++;
        if (countdown.seen == countdown.fault.skip() + countdown.fault.times()) {
          all.remove();
        }
        if (countdown.seen > countdown.fault.skip()) {
          fired++;
          throw new IOException(io + " of " + file + ": " + countdown.fault.why());
        }
      }
    }
  }

  private static final class Countdown {
    private final Fault fault;
    private int seen;

    private Countdown(Fault fault) {
      this.fault = fault;
    }
  }
}
