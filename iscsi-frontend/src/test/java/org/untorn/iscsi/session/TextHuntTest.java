package org.untorn.iscsi.session;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.TextRequest;
import org.untorn.iscsi.pdu.TextResponse;

/**
 * Negotiation in the full feature phase under inputs that Jazzer finds by the coverage they gain,
 * and under all that it ever found something with: no exception, nothing left behind.
 *
 * <pre>
 *  a request   byte 0   F (80h), C (40h); 01h: it continues what the last response left open
 *              byte 1.. its text, up to FFh or the end of the input
 * </pre>
 */
class TextHuntTest {

  private static final byte END = (byte) 0xFF;

  @FuzzTest(maxDuration = "1m")
  void whatever_is_negotiated_leaves_nothing_behind(byte[] input) {
    try (Harness harness = Harness.loggedIn()) {
      int transferTag = Pdu.RESERVED_TAG;
      int at = 0;
      while (at < input.length && harness.channel.isActive()) {
        int end = at + 1;
        while (end < input.length && input[end] != END) {
          end++;
        }
        harness.send(request(harness, input, at, end, transferTag));
        transferTag = transferTagOf(harness);
        at = end + 1;
      }
    }
  }

  private static TextRequest request(
      Harness harness, byte[] input, int at, int end, int transferTag) {
    return new TextRequest(
        false,
        (input[at] & 0x80) != 0,
        (input[at] & 0x40) != 0,
        0,
        7,
        (input[at] & 0x01) != 0 ? transferTag : Pdu.RESERVED_TAG,
        harness.nextCmdSN(),
        0,
        Unpooled.copiedBuffer(input, at + 1, end - at - 1));
  }

  private static int transferTagOf(Harness harness) {
    int tag = Pdu.RESERVED_TAG;
    for (Pdu pdu : harness.takeAll()) {
      tag = pdu instanceof TextResponse response ? response.targetTransferTag() : tag;
      pdu.release();
    }
    return tag;
  }
}
