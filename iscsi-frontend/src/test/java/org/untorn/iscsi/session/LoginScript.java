package org.untorn.iscsi.session;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.untorn.iscsi.pdu.LoginRequest;

/**
 * Login Requests as one string of bytes, which a text editor can read and Jazzer can change.
 *
 * <pre>
 *  a request   byte 0   T (80h), C (40h), CSG (bits 3-2), NSG (bits 1-0), as byte 1 of its header
 *              byte 1.. its text, up to FFh or the end of the input
 * </pre>
 */
final class LoginScript {

  private static final byte END = (byte) 0xFF;

  private LoginScript() {}

  static List<LoginRequest> requests(byte[] script) {
    List<LoginRequest> requests = new ArrayList<>();
    int at = 0;
    while (at < script.length) {
      int end = at + 1;
      while (end < script.length && script[end] != END) {
        end++;
      }
      requests.add(request(script, at, end));
      at = end + 1;
    }
    return requests;
  }

  private static LoginRequest request(byte[] script, int at, int end) {
    return new LoginRequest(
        (script[at] & 0x80) != 0,
        (script[at] & 0x40) != 0,
        script[at] >>> 2 & 3,
        script[at] & 3,
        0,
        0,
        Harness.ISID,
        0,
        77,
        5,
        1,
        0,
        Unpooled.copiedBuffer(script, at + 1, end - at - 1));
  }
}
