package org.untorn.conformance.rfc7143;

import static org.untorn.conformance.rfc7143.Verdict.check;
import static org.untorn.conformance.rfc7143.Verdict.same;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Digests that are right, and what happens when they are not. */
final class DigestCases {

  private static final int DATA_DIGEST_ERROR = 2;

  private DigestCases() {}

  static List<Case> all() {
    Stream<Case> right =
        Stream.of("None", "CRC32C")
            .flatMap(
                header ->
                    Stream.of("None", "CRC32C")
                        .map(
                            data ->
                                new Case(
                                    "writes and reads with HeaderDigest=%s, DataDigest=%s"
                                        .formatted(header, data),
                                    "13.1",
                                    portal -> roundTrip(portal, header, data))));
    return Stream.concat(
            right,
            Stream.of(
                digests(
                    "ends the connection at a wrong header digest",
                    "7.8",
                    talk -> {
                      talk.line()
                          .sendWithWrongHeaderDigest(talk.command(Cdbs.testUnitReady(), 0, 0));
                      check(talk.line().closes(), "the connection is still open");
                    }),
                digests(
                    "does not write immediate data whose digest is wrong",
                    "7.8",
                    talk -> immediate(talk)),
                digests(
                    "does not write data whose digest is wrong", "7.8", talk -> solicited(talk)),
                digests(
                    "does not return a ping whose data digest is wrong",
                    "7.8",
                    talk -> {
                      RawPdu ping =
                          talk.numbered(RawPdu.of(RawPdu.NOP_OUT, RawPdu.FINAL))
                              .set32(20, RawPdu.NONE)
                              .data(Cdbs.blocks(1, 5));
                      talk.line().sendWithWrongDataDigest(ping);
                      rejectedForItsDigest(talk.receiveWithin(10_000));
                    }),
                digests(
                    "does not carry a text out whose data digest is wrong",
                    "7.8",
                    talk -> {
                      RawPdu text =
                          talk.numbered(RawPdu.of(RawPdu.TEXT, RawPdu.FINAL))
                              .set32(20, RawPdu.NONE)
                              .text("SendTargets=");
                      talk.line().sendWithWrongDataDigest(text);
                      rejectedForItsDigest(talk.receiveWithin(10_000));
                    })))
        .toList();
  }

  private static Case digests(String name, String clause, Consumer<Talk> body) {
    return new Case(
        name,
        clause,
        portal -> {
          try (Talk talk = Talk.to(portal, "HeaderDigest=CRC32C", "DataDigest=CRC32C")) {
            if (!talk.login().answered("HeaderDigest", "CRC32C")
                || !talk.login().answered("DataDigest", "CRC32C")) {
              throw new Verdict.NotSupported("digests");
            }
            body.accept(talk);
          }
          try (Talk next = Talk.to(portal)) {
            next.goesOn();
          }
        });
  }

  private static void roundTrip(Portal portal, String header, String data) {
    try (Talk talk = Talk.to(portal, "HeaderDigest=" + header, "DataDigest=" + data)) {
      byte[] blocks = Cdbs.blocks(300, header.hashCode() * 31L + data.hashCode());
      same("status", Talk.GOOD, talk.write(Cdbs.write10(8, 300), blocks).status());
      byte[] read = talk.read(Cdbs.read10(8, 300), blocks.length).data();
      check(Arrays.equals(blocks, read), "other bytes came back");
    }
  }

  private static void rejectedForItsDigest(Optional<RawPdu> answer) {
    answer.ifPresent(
        pdu -> {
          same("opcode", RawPdu.REJECT, pdu.opcode());
          same("reason", DATA_DIGEST_ERROR, pdu.int8(2));
        });
  }

  private static void immediate(Talk talk) {
    if (!talk.login().immediateData()) {
      throw new Verdict.NotSupported("immediate data");
    }
    byte[] before = Cdbs.blocks(8, 21);
    same("status", Talk.GOOD, talk.write(Cdbs.write10(16, 8), before).status());
    RawPdu command = talk.command(Cdbs.write10(16, 8), 0, before.length);
    talk.line().sendWithWrongDataDigest(command.data(Cdbs.blocks(8, 22)));
    talk.receiveWithin(10_000)
        .ifPresent(
            pdu ->
                check(
                    pdu.opcode() == RawPdu.REJECT || pdu.int8(3) != Talk.GOOD,
                    "it was carried out: %s",
                    pdu));
    unchanged(talk, before);
  }

  /** The rest is looked at in a session of its own: this one may be over. */
  private static void unchanged(Talk talk, byte[] before) {
    Login again = talk.login().elsewhere();
    try (Talk reader = Talk.of(again)) {
      byte[] read = reader.read(Cdbs.read10(16, 8), before.length).data();
      check(Arrays.equals(before, read), "the medium has changed");
    }
  }

  private static void solicited(Talk talk) {
    byte[] before = Cdbs.blocks(8, 23);
    same("status", Talk.GOOD, talk.write(Cdbs.write10(16, 8), before).status());
    RawPdu command = talk.command(Cdbs.write10(16, 8), 0, before.length);
    talk.line().send(command);
    RawPdu r2t = talk.receive(RawPdu.R2T);
    talk.line()
        .sendWithWrongDataDigest(talk.dataOut(command, r2t.int32(20), 0, 0, Cdbs.blocks(8, 24)));
    Optional<RawPdu> answer = talk.receiveWithin(10_000);
    answer.ifPresent(
        pdu ->
            check(
                pdu.opcode() == RawPdu.REJECT
                    || pdu.opcode() == RawPdu.R2T
                    || pdu.int8(3) != Talk.GOOD,
                "it was carried out: %s",
                pdu));
    unchanged(talk, before);
  }
}
