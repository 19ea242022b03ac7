package org.untorn.iscsi.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.PduEncoder;

/** What is known of those who speak. */
class ConversationTest {

  private final Conversation conversation = new Conversation(new PduEncoder());

  private Passing login(boolean continues, String text) {
    return conversation.pass(
        Passing.Direction.IN,
        new LoginRequest(
            !continues,
            continues,
            1,
            3,
            0,
            0,
            1,
            0,
            7,
            0,
            1,
            0,
            Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)));
  }

  @Test
  void names_are_known_when_the_text_that_they_stand_in_is_whole() {
    assertThat(login(true, "InitiatorName=iqn.ho").initiator()).isEmpty();
    Passing last = login(false, "st\0TargetName=iqn.disk\0");
    assertThat(last.initiator()).isEqualTo("iqn.host");
    assertThat(last.target()).isEqualTo("iqn.disk");
    assertThat(login(false, "TargetName=iqn.other\0").target()).isEqualTo("iqn.other");
  }

  @Test
  void of_a_text_without_end_no_more_is_kept_than_a_login_may_have() {
    login(true, "X-a=" + "a".repeat(40_000));
    assertThat(login(false, "\0InitiatorName=iqn.late\0").initiator()).isEmpty();
    assertThat(login(false, "InitiatorName=iqn.next\0").initiator()).isEqualTo("iqn.next");
  }

  @Test
  void a_kind_has_its_name_worked_out_once() {
    assertThat(kind()).isEqualTo("nop-out").isSameAs(kind());
  }

  private String kind() {
    return conversation
        .pass(
            Passing.Direction.IN, new NopOut(false, 0, 9, 0xFFFFFFFF, 1, 1, Unpooled.EMPTY_BUFFER))
        .kind();
  }
}
