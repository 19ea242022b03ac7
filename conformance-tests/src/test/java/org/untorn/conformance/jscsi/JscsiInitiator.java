package org.untorn.conformance.jscsi;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jscsi.exception.ConfigurationException;
import org.jscsi.exception.NoSuchSessionException;
import org.jscsi.exception.TaskExecutionException;
import org.jscsi.initiator.Configuration;
import org.jscsi.initiator.Initiator;

/**
 * One session of jSCSI's initiator with a target. Its configuration leaves out AuthMethod, which
 * jSCSI would send in the operational stage, where RFC 7143 has no place for it.
 */
final class JscsiInitiator implements AutoCloseable {

  private static final String SESSION = "target";

  private final Initiator initiator;

  private JscsiInitiator(Initiator initiator) {
    this.initiator = initiator;
  }

  /**
   * Logs in.
   *
   * @param directory where its configuration may be written
   */
  static JscsiInitiator login(
      Path directory, InetSocketAddress address, String target, boolean immediateData)
      throws IOException, ConfigurationException, NoSuchSessionException {
    Path schema = directory.resolve("jscsi.xsd");
    try (InputStream in =
        Objects.requireNonNull(Initiator.class.getResourceAsStream("/jscsi.xsd"))) {
      Files.write(schema, in.readAllBytes());
    }
    Path configuration = directory.resolve("jscsi.xml");
    Files.writeString(configuration, xml(address, target, immediateData));
    Initiator initiator =
        new Initiator(Configuration.create(schema.toFile(), configuration.toFile()));
    initiator.createSession(SESSION);
    return new JscsiInitiator(initiator);
  }

  long blockSize() throws NoSuchSessionException {
    return initiator.getBlockSize(SESSION);
  }

  /** The address of the last block, which jSCSI calls capacity. */
  long lastBlock() throws NoSuchSessionException {
    return initiator.getCapacity(SESSION);
  }

  void write(int block, byte[] data) throws NoSuchSessionException, TaskExecutionException {
    initiator.write(SESSION, ByteBuffer.wrap(data), block, data.length);
  }

  byte[] read(int block, int length) throws NoSuchSessionException, TaskExecutionException {
    byte[] data = new byte[length];
    initiator.read(SESSION, ByteBuffer.wrap(data), block, length);
    return data;
  }

  @Override
  public void close() throws NoSuchSessionException, TaskExecutionException {
    initiator.closeSession(SESSION);
  }

  private static String xml(InetSocketAddress address, String target, boolean immediateData) {
    return """
    <?xml version="1.0" encoding="UTF-8" ?>
    <configuration xmlns="http://www.jscsi.org/2006-09"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xsi:schemaLocation="http://www.jscsi.org/2006-09 jscsi.xsd">
      <global>
        <DataDigest>None</DataDigest>
        <DataPDUInOrder>Yes</DataPDUInOrder>
        <DataSequenceInOrder>Yes</DataSequenceInOrder>
        <DefaultTime2Retain>20</DefaultTime2Retain>
        <DefaultTime2Wait>2</DefaultTime2Wait>
        <ErrorRecoveryLevel>0</ErrorRecoveryLevel>
        <FirstBurstLength>65536</FirstBurstLength>
        <HeaderDigest>None</HeaderDigest>
        <IFMarker>No</IFMarker>
        <IFMarkInt>2048</IFMarkInt>
        <ImmediateData>%4$s</ImmediateData>
        <InitialR2T>Yes</InitialR2T>
        <InitiatorAlias>jSCSI</InitiatorAlias>
        <InitiatorName>iqn.2026-11.org.untorn:jscsi</InitiatorName>
        <MaxBurstLength>262144</MaxBurstLength>
        <MaxConnections>1</MaxConnections>
        <MaxOutstandingR2T>1</MaxOutstandingR2T>
        <MaxRecvDataSegmentLength>8192</MaxRecvDataSegmentLength>
        <OFMarker>No</OFMarker>
        <OFMarkInt>2048</OFMarkInt>
        <SessionType>Normal</SessionType>
      </global>
      <target id="target" address="%1$s" port="%2$d">
        <TargetName>%3$s</TargetName>
      </target>
    </configuration>
    """
        .formatted(
            address.getHostString(), address.getPort(), target, immediateData ? "Yes" : "No");
  }
}
