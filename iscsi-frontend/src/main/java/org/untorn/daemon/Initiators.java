package org.untorn.daemon;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.untorn.backstore.fault.PowerListener;
import org.untorn.core.UnitSignal;
import org.untorn.daemon.crash.Recordings;
import org.untorn.daemon.history.Histories;
import org.untorn.iscsi.IscsiServer;

/**
 * What a power cut is to initiators: their connections are reset, none is taken while the power is
 * off, and when it is back every unit that is there then greets them with POWER ON OCCURRED. Before
 * that the histories look at what is left, and recordings end.
 */
record Initiators(
    IscsiServer server, List<ServedLun> luns, Histories histories, Recordings recordings)
    implements PowerListener {

  @Override
  public CompletableFuture<Void> lost() {
    return server.sever();
  }

  @Override
  public void restored() {
    recordings.powerWasCut();
    histories.powerWasCut();
    for (ServedLun lun : luns) {
      var _ = lun.disk().unit().signal(new UnitSignal.PowerOn());
    }
    server.resume();
  }
}
