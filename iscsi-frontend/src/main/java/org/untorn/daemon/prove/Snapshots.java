package org.untorn.daemon.prove;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.untorn.daemon.verdict.Recording;
import org.untorn.daemon.volume.Content;
import org.untorn.daemon.volume.ContentSink;
import org.untorn.daemon.volume.VolumeAdmin;
import org.untorn.daemon.volume.VolumeAnswer;
import org.untorn.daemon.volume.VolumeRequest;
import org.untorn.oracle.History;
import org.untorn.oracle.Operation;

/**
 * The snapshots of a run, with a history of their own. To that each is a write that is durable at
 * once: of what readers saw when it was taken, into a place of its own. The last {@value #KEPT} are
 * kept, and looked at after each power cut.
 */
final class Snapshots {

  private static final int KEPT = 2;

  private final Experiment experiment;
  private final Rig rig;
  private final History.Recorder recorder = new History.Recorder();
  private int taken;

  Snapshots(Experiment experiment, Rig rig) {
    this.experiment = experiment;
    this.rig = rig;
  }

  /**
   * Takes one, in the place of the oldest that is kept.
   *
   * @param contents what readers see of the unit
   */
  void take(int unit, List<Long> contents) {
    int place = taken % KEPT;
    if (taken >= KEPT) {
      perform(new VolumeRequest.Delete(name(place)));
    }
    int id =
        recorder.sent(
            new Operation.Write((long) place * experiment.region(), contents, false, 1, true));
    perform(new VolumeRequest.Snapshot(rig.volume(unit), name(place)));
    recorder.answered(id);
    taken++;
  }

  /** The power was cut: looks at all that are kept. */
  void cut() {
    recorder.cut();
    for (int place = 0; place < Math.min(taken, KEPT); place++) {
      recorder.found((long) place * experiment.region(), contentOf(name(place)));
    }
  }

  /** What was seen of them; empty if there were none. */
  Optional<Recording> recording(String load) {
    return taken == 0
        ? Optional.empty()
        : Optional.of(
            new Recording(
                "snapshots under " + load,
                experiment.blockLength(),
                OptionalLong.empty(),
                recorder.history()));
  }

  private static String name(int place) {
    return "kept-" + place;
  }

  private void perform(VolumeRequest request) {
    try {
      succeed(rig.volumes().perform(request));
    } catch (IOException problem) {
      throw new ProofException("no volume can be managed: " + problem.getMessage(), problem);
    }
  }

  private static void succeed(VolumeAnswer answer) {
    if (answer instanceof VolumeAnswer.Refused(var _, String why)) {
      throw new ProofException("a snapshot fails: " + why);
    }
  }

  private List<Long> contentOf(String name) {
    byte[] bytes = new byte[experiment.region() * experiment.blockLength()];
    VolumeAdmin volumes = rig.volumes();
    try {
      succeed(volumes.exportTo(name, into(bytes)));
    } catch (IOException problem) {
      throw new ProofException("a snapshot cannot be read: " + problem.getMessage(), problem);
    }
    return org.untorn.oracle.Content.ofBlocks(bytes, experiment.blockLength());
  }

  private static ContentSink into(byte[] bytes) {
    return new ContentSink() {
      @Override
      public void begin(Content content) {}

      @Override
      public void data(long offset, ByteBuffer data) {
        data.get(bytes, Math.toIntExact(offset), data.remaining());
      }

      @Override
      public void end() {}
    };
  }
}
