package org.untorn.conformance.jscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jscsi.parser.ProtocolDataUnit;
import org.jscsi.parser.ProtocolDataUnitFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.untorn.iscsi.pdu.Pdu;

/**
 * jSCSI parses what we encode, and we parse what jSCSI serialises, for every kind of PDU but those
 * of {@link JscsiDefects}.
 */
class JscsiPduTest {

  @Test
  void there_is_an_example_of_every_kind_of_pdu() {
    Set<Class<?>> examples = PduExamples.all().map(Pdu::getClass).collect(Collectors.toSet());

    assertThat(examples).isEqualTo(kinds(Pdu.class).collect(Collectors.toSet()));
  }

  @TestFactory
  Stream<DynamicTest> jscsi_parses_our_pdus_to_the_same_fields() {
    return examples(Predicate.not(JscsiDefects::cannotParse), JscsiPduTest::parsedByJscsi);
  }

  @TestFactory
  Stream<DynamicTest> we_parse_what_jscsi_serialises_to_the_same_fields() {
    return examples(
        pdu -> !JscsiDefects.cannotParse(pdu) && !JscsiDefects.cannotSerialise(pdu),
        pdu -> assertThat(hex(backFromJscsi(pdu))).isEqualTo(hex(PduWire.encode(pdu))));
  }

  @TestFactory
  Stream<DynamicTest> the_defects_of_jscsi_are_still_there() {
    return Stream.concat(
        examples(
            JscsiDefects::cannotParse,
            pdu -> assertThatThrownBy(() -> parsedByJscsi(pdu)).isNotNull()),
        examples(
            JscsiDefects::cannotSerialise,
            pdu -> assertThat(hex(backFromJscsi(pdu))).isNotEqualTo(hex(PduWire.encode(pdu)))));
  }

  private interface Check {
    void accept(Pdu pdu) throws Exception;
  }

  private static Stream<DynamicTest> examples(Predicate<Pdu> which, Check check) {
    return PduExamples.all()
        .filter(which)
        .map(
            pdu ->
                DynamicTest.dynamicTest(pdu.getClass().getSimpleName(), () -> check.accept(pdu)));
  }

  /** Ours, encoded and parsed by jSCSI, which agrees on header and data. */
  private static ProtocolDataUnit parsedByJscsi(Pdu pdu) throws Exception {
    byte[] data = new byte[pdu.data().readableBytes()];
    pdu.data().getBytes(pdu.data().readerIndex(), data);
    ProtocolDataUnit theirs = new ProtocolDataUnitFactory().create("None", "None");

    theirs.deserialize(PduWire.encode(pdu));

    SameFields.check(pdu, theirs);
    assertThat(theirs.getBasicHeaderSegment().getDataSegmentLength()).isEqualTo(data.length);
    if (data.length > 0) {
      assertThat(bytes(theirs.getDataSegment())).startsWith(data);
    }
    return theirs;
  }

  /** What jSCSI serialised from ours, decoded by us and encoded once more. */
  private static ByteBuffer backFromJscsi(Pdu pdu) throws Exception {
    return PduWire.encode((Pdu) PduWire.decode(parsedByJscsi(pdu).serialize().rewind(), pdu));
  }

  private static String hex(ByteBuffer buffer) {
    return HexFormat.of().formatHex(bytes(buffer));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    ByteBuffer whole = buffer.duplicate().rewind();
    byte[] bytes = new byte[whole.remaining()];
    whole.get(bytes);
    return bytes;
  }

  private static Stream<Class<?>> kinds(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(JscsiPduTest::kinds)
        : Stream.of(type);
  }
}
