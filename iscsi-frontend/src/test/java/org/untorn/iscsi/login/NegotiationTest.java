package org.untorn.iscsi.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.untorn.iscsi.login.Negotiation.Answer;
import org.untorn.iscsi.login.Negotiation.Kind;
import org.untorn.iscsi.login.Negotiation.Phase;
import org.untorn.iscsi.login.TextPairs.Pair;

class NegotiationTest {

  private static final LocalParameters LOCAL =
      LocalParameters.DEFAULT
          .with(TextKey.MAX_BURST_LENGTH, "300000")
          .with(TextKey.FIRST_BURST_LENGTH, "70000")
          .with(TextKey.DEFAULT_TIME2WAIT, "3")
          .with(TextKey.MAX_OUTSTANDING_R2T, "4");

  private static Answer take(Phase phase, String... pairs) {
    return take(Negotiation.start(LOCAL), phase, pairs);
  }

  private static Answer take(Negotiation from, Phase phase, String... pairs) {
    return from.take(TextPairs.parse(String.join("\0", pairs)).orElseThrow(), phase);
  }

  private static String reply(Answer answer) {
    return TextPairs.format(((Answer.Pairs) answer).reply()).replace('\0', ' ').strip();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HeaderDigest=CRC32C,None | HeaderDigest=CRC32C",
        "HeaderDigest=None,CRC32C | HeaderDigest=None",
        "DataDigest=X-md5,CRC32C | DataDigest=CRC32C",
        "DataDigest=X-md5 | DataDigest=Reject",
        "MaxConnections=8 | MaxConnections=1",
        "MaxConnections=0 | MaxConnections=Reject",
        "MaxConnections=65536 | MaxConnections=Reject",
        "InitialR2T=Yes | InitialR2T=Yes",
        "InitialR2T=No | InitialR2T=No",
        "InitialR2T=maybe | InitialR2T=Reject",
        "ImmediateData=Yes | ImmediateData=Yes",
        "ImmediateData=No | ImmediateData=No",
        "MaxBurstLength=262144 | MaxBurstLength=262144",
        "MaxBurstLength=16776192 | MaxBurstLength=300000",
        "MaxBurstLength=0x40000 | MaxBurstLength=262144",
        "MaxBurstLength=0X200 | MaxBurstLength=512",
        "MaxBurstLength=511 | MaxBurstLength=Reject",
        "MaxBurstLength=16777216 | MaxBurstLength=Reject",
        "MaxBurstLength=0b1000 | MaxBurstLength=Reject",
        "MaxBurstLength=-512 | MaxBurstLength=Reject",
        "MaxBurstLength=99999999999999999999999 | MaxBurstLength=Reject",
        "FirstBurstLength=65536 | FirstBurstLength=65536",
        "FirstBurstLength=262144 | FirstBurstLength=70000",
        "DefaultTime2Wait=0 | DefaultTime2Wait=3",
        "DefaultTime2Wait=10 | DefaultTime2Wait=10",
        "DefaultTime2Wait=3601 | DefaultTime2Wait=Reject",
        "DefaultTime2Retain=20 | DefaultTime2Retain=0",
        "MaxOutstandingR2T=2 | MaxOutstandingR2T=2",
        "MaxOutstandingR2T=65535 | MaxOutstandingR2T=4",
        "DataPDUInOrder=No | DataPDUInOrder=Yes",
        "DataSequenceInOrder=No | DataSequenceInOrder=Yes",
        "ErrorRecoveryLevel=2 | ErrorRecoveryLevel=0",
        "ErrorRecoveryLevel=3 | ErrorRecoveryLevel=Reject",
        "TaskReporting=FastAbort,RFC3720 | TaskReporting=RFC3720",
        "TaskReporting=FastAbort | TaskReporting=Reject",
        "iSCSIProtocolLevel=5 | iSCSIProtocolLevel=2",
        "iSCSIProtocolLevel=1 | iSCSIProtocolLevel=1",
        "IFMarker=Yes | IFMarker=No",
        "OFMarker=No | OFMarker=No",
        "IFMarkInt=2048~8192 | IFMarkInt=Reject",
        "OFMarkInt=2048 | OFMarkInt=Reject",
        "MaxRecvDataSegmentLength=8192 | ''",
        "InitiatorAlias=host | ''",
        "InitiatorAlias= | ''",
        "X#NodeArchitecture=x86 | ''",
        "X-com.example=1 | X-com.example=NotUnderstood",
        "Y-unheard=1 | Y-unheard=NotUnderstood",
        "maxburstlength=512 | maxburstlength=NotUnderstood",
        "TargetAlias=mine | TargetAlias=Reject",
        "TargetPortalGroupTag=NotUnderstood | ''",
        "X-odd=Reject | ''",
      })
  void an_offer_is_answered_as_the_keys_result_function_has_it(String offer, String answer) {
    assertThat(reply(take(Phase.OPERATIONAL, offer))).isEqualTo(answer);
  }

  @ParameterizedTest
  @EnumSource(TextKey.class)
  void every_key_knows_its_clause_and_its_initial_value_is_legal(TextKey key) {
    assertThat(key.clause()).matches("1[23](\\.\\d+)+");
    assertThat(TextKey.of(key.key())).contains(key);
    if (!key.initial().isEmpty()) {
      assertThat(key.legal().canonical(key.initial())).contains(key.initial());
    }
  }

  @ParameterizedTest
  @EnumSource(TextKey.class)
  void a_key_that_is_irrelevant_in_discovery_is_answered_so(TextKey key) {
    String offer = key.key() + "=" + (key.initial().isEmpty() ? "1" : key.initial());
    Negotiation discovery = ((Answer.Pairs) take(Phase.SECURITY, "SessionType=Discovery")).next();
    if (key.irrelevant() != TextKey.Unless.NEVER) {
      assertThat(reply(take(discovery, Phase.OPERATIONAL, offer)))
          .isEqualTo(key.key() + "=Irrelevant");
    } else if (take(discovery, Phase.OPERATIONAL, offer) instanceof Answer.Pairs pairs) {
      assertThat(reply(pairs)).doesNotContain("Irrelevant");
    }
  }

  @ParameterizedTest
  @EnumSource(TextKey.class)
  void a_key_is_taken_in_the_phases_that_its_use_names(TextKey key) {
    String value =
        key == TextKey.SESSION_TYPE ? "Normal" : key.initial().isEmpty() ? "1" : key.initial();
    String offer = key.key() + "=" + value;
    boolean operational = take(Phase.OPERATIONAL, offer) instanceof Answer.Pairs;
    assertThat(operational)
        .isEqualTo(key.use() != TextKey.Use.SECURITY && key.use() != TextKey.Use.FFPO);
    boolean fullFeature = !reply(take(Phase.FULL_FEATURE, offer)).endsWith("=Reject");
    assertThat(fullFeature)
        .isEqualTo(
            key.sender() != TextKey.Sender.TARGET
                && (key.use() == TextKey.Use.ALL || key.use() == TextKey.Use.FFPO));
  }

  @Test
  void the_first_burst_never_exceeds_the_maximum_burst_whichever_comes_first() {
    assertThat(reply(take(Phase.OPERATIONAL, "FirstBurstLength=65536", "MaxBurstLength=4096")))
        .isEqualTo("MaxBurstLength=4096 FirstBurstLength=4096");
  }

  @Test
  void the_first_burst_is_irrelevant_where_nothing_may_come_unasked() {
    assertThat(
            reply(
                take(
                    Phase.OPERATIONAL,
                    "FirstBurstLength=65536",
                    "ImmediateData=No",
                    "InitialR2T=Yes")))
        .isEqualTo("InitialR2T=Yes ImmediateData=No FirstBurstLength=Irrelevant");
  }

  @Test
  void a_key_may_not_be_negotiated_twice_but_a_name_may_be_said_again() {
    assertThat(take(Phase.OPERATIONAL, "InitialR2T=No", "InitialR2T=No"))
        .isEqualTo(new Answer.Violation(TextKey.INITIAL_R2T, Kind.REPEATED));
    assertThat(take(Phase.SECURITY, "InitiatorName=iqn.a", "InitiatorName=iqn.a"))
        .isInstanceOf(Answer.Pairs.class);
    assertThat(take(Phase.SECURITY, "InitiatorName=iqn.a", "InitiatorName=iqn.b"))
        .isEqualTo(new Answer.Violation(TextKey.INITIATOR_NAME, Kind.REPEATED));
  }

  @Test
  void without_a_common_method_nobody_is_let_in() {
    assertThat(reply(take(Phase.SECURITY, "AuthMethod=CHAP,None"))).isEqualTo("AuthMethod=None");
    assertThat(take(Phase.SECURITY, "AuthMethod=CHAP,KRB5"))
        .isEqualTo(new Answer.Violation(TextKey.AUTH_METHOD, Kind.NO_COMMON_METHOD));
  }

  @Test
  void an_illegal_declaration_cannot_be_answered() {
    assertThat(take(Phase.OPERATIONAL, "MaxRecvDataSegmentLength=511"))
        .isEqualTo(new Answer.Violation(TextKey.MAX_RECV_DATA_SEGMENT_LENGTH, Kind.ILLEGAL_VALUE));
    assertThat(take(Phase.SECURITY, "InitiatorName=" + "x".repeat(224)))
        .isEqualTo(new Answer.Violation(TextKey.INITIATOR_NAME, Kind.ILLEGAL_VALUE));
  }

  @Test
  void the_segment_length_can_be_declared_anew_later() {
    Answer.Pairs login = (Answer.Pairs) take(Phase.OPERATIONAL, "MaxRecvDataSegmentLength=4096");
    Answer.Pairs later =
        (Answer.Pairs) take(login.next(), Phase.FULL_FEATURE, "MaxRecvDataSegmentLength=0x10000");
    assertThat(later.next().results())
        .isEqualTo(Map.of(TextKey.MAX_RECV_DATA_SEGMENT_LENGTH, "65536"));
  }

  @Test
  void text_without_a_key_is_no_text() {
    for (String bad :
        List.of("=value\0", "novalue\0", "a b=1\0", "k".repeat(64) + "=1\0", "\u00e9=1")) {
      assertThat(TextPairs.parse(bad)).as(bad).isEmpty();
    }
    assertThat(TextPairs.parse("a=\0\0b=c=d")).contains(pairs("a", "", "b", "c=d"));
  }

  private static List<Pair> pairs(String... words) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < words.length; i += 2) {
      pairs.add(new Pair(words[i], words[i + 1]));
    }
    return pairs;
  }
}
