package org.untorn.conformance.rfc7143;

import static org.untorn.conformance.rfc7143.Verdict.check;
import static org.untorn.conformance.rfc7143.Verdict.same;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The connection breaks at each PDU of a write and of a read: the next login finds a target that
 * serves, and each block is as it was before or as it was sent.
 */
final class LossCases {

  private static final int BLOCKS = 64;
  private static final int LENGTH = BLOCKS * Talk.BLOCK;
  private static final int LBA = 256;
  private static final int SEGMENT = 4096;
  private static final int PDUS = LENGTH / SEGMENT;

  private LossCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    for (int after = 0; after <= PDUS; after++) {
      cases.add(write(after));
      cases.add(read(after));
    }
    for (int bytes : new int[] {1, 47, 48, 49, 500}) {
      cases.add(withinPdu(bytes));
    }
    cases.add(new Case("survives a connection that says nothing", "6.3", LossCases::silent));
    return cases;
  }

  private static String[] keys() {
    return new String[] {
      "InitialR2T=Yes",
      "ImmediateData=No",
      "MaxBurstLength=" + SEGMENT,
      "MaxRecvDataSegmentLength=" + SEGMENT
    };
  }

  private static Case write(int after) {
    return new Case(
        "survives the loss of the connection after %d of %d Data-Out PDUs of a write"
            .formatted(after, PDUS),
        "7.11",
        portal -> {
          byte[] before = Cdbs.blocks(BLOCKS, 1000L + after);
          byte[] written = Cdbs.blocks(BLOCKS, 2000L + after);
          try (Talk talk = Talk.to(portal, keys())) {
            same("status", Talk.GOOD, talk.write(Cdbs.write10(LBA, BLOCKS), before).status());
            RawPdu command = talk.command(Cdbs.write10(LBA, BLOCKS), 0, LENGTH);
            talk.line().send(command);
            int sent = 0;
            while (sent < after) {
              RawPdu r2t = talk.receive(RawPdu.R2T);
              List<RawPdu> pdus = talk.answer(command, r2t, written);
              for (int i = 0; i < pdus.size() && sent < after; i++, sent++) {
                talk.line().send(pdus.get(i));
              }
            }
          }
          try (Talk next = Talk.to(portal)) {
            oldOrNew(next.read(Cdbs.read10(LBA, BLOCKS), LENGTH).data(), before, written);
          }
        });
  }

  private static void oldOrNew(byte[] found, byte[] before, byte[] written) {
    same("bytes", LENGTH, found.length);
    for (int at = 0; at < LENGTH; at += Talk.BLOCK) {
      int to = at + Talk.BLOCK;
      check(
          Arrays.equals(found, at, to, before, at, to)
              || Arrays.equals(found, at, to, written, at, to),
          "block %d is neither what it was nor what was sent",
          at / Talk.BLOCK);
    }
  }

  private static Case read(int after) {
    return new Case(
        "survives the loss of the connection after %d of %d Data-In PDUs of a read"
            .formatted(after, PDUS),
        "7.11",
        portal -> {
          try (Talk talk = Talk.to(portal, keys())) {
            talk.line().send(talk.command(Cdbs.read10(LBA, BLOCKS), LENGTH, 0));
            for (int i = 0; i < after; i++) {
              talk.receive();
            }
          }
          try (Talk next = Talk.to(portal)) {
            next.goesOn();
          }
        });
  }

  private static Case withinPdu(int bytes) {
    return new Case(
        "survives the loss of the connection after %d bytes of a PDU".formatted(bytes),
        "7.11",
        portal -> {
          try (Talk talk = Talk.to(portal)) {
            RawPdu command = talk.command(Cdbs.write10(LBA, 1), 0, Talk.BLOCK);
            byte[] all =
                command.data(Cdbs.blocks(1, 5)).encode(RawPdu.Digest.NONE, RawPdu.Digest.NONE);
            talk.line().sendBytes(Arrays.copyOf(all, bytes));
          }
          try (Talk next = Talk.to(portal)) {
            next.goesOn();
          }
        });
  }

  private static void silent(Portal portal) {
    try (Line silent = new Line(portal);
        Talk talk = Talk.to(portal)) {
      silent.sendBytes(new byte[] {0x43});
      talk.goesOn();
    }
  }
}
