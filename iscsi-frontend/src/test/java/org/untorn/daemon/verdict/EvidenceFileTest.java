package org.untorn.daemon.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.untorn.oracle.Content;
import org.untorn.oracle.History;
import org.untorn.oracle.Operation;
import org.untorn.oracle.Stamp;

class EvidenceFileTest {

  private static final int BLOCK = 512;
  private static final long SEED = 42;

  /** One with every kind of event, and contents of every kind. */
  private static Evidence evidence() {
    History.Recorder stamped = new History.Recorder();
    stamped.found(0, List.of(0L, 0L, 0L, 0L, 0L));
    int write = stamped.sent(Operation.Write.atomic(1, stamps(1, 1, 4)).forced());
    stamped.answered(write);
    int flush = stamped.sent(new Operation.Flush());
    stamped.answered(flush);
    int read = stamped.sent(new Operation.Read(0, 3));
    stamped.answered(read, List.of(0L, stamps(1, 1, 1).getFirst(), 0x1234_5678_9abc_def0L));
    int refused = stamped.sent(Operation.Write.plain(0, stamps(4, 0, 2)));
    stamped.failed(refused);
    stamped.cut();
    stamped.found(0, List.of(0L, 0L, stamps(1, 2, 1).getFirst(), 7L, -1L));
    History.Recorder foreign = new History.Recorder();
    int other = foreign.sent(new Operation.Write(8, List.of(1L, -2L, 0L, 0L), true, 2, false));
    foreign.answered(other);
    foreign.found(8, List.of(1L, -2L));
    return new Evidence(
        Map.of("seed", "42"),
        List.of(
            new Recording("stamped", BLOCK, OptionalLong.of(SEED), stamped.history()),
            new Recording("of a \"disk\"", 4096, OptionalLong.empty(), foreign.history())));
  }

  private static List<Long> stamps(int operation, long lba, int blocks) {
    return Content.ofBlocks(Stamp.data(SEED, operation, lba, blocks, BLOCK), BLOCK);
  }

  @Test
  void what_is_written_is_read_again() throws IOException {
    EvidenceFile.Text text = EvidenceFile.text(evidence());

    assertThat(EvidenceFile.parse(text.text())).isEqualTo(evidence());
    assertThat(EvidenceFile.text(EvidenceFile.parse(text.text()))).isEqualTo(text);
    assertThat(text.text())
        .contains(
            "{\"write\":1,\"lba\":1,\"unit\":4,\"atomic\":true,\"fua\":true,\"contents\":\"stamps*4\"}")
        .contains("{\"found\":0,\"contents\":\"0*2 1 #0000000000000007 #ffffffffffffffff\"}");
  }

  @Test
  void a_file_that_was_changed_is_refused() throws IOException {
    String text = EvidenceFile.text(evidence()).text();
    String lie = text.replace("\"cut\":true", "\"cut\":false");

    assertThat(lie).isNotEqualTo(text);
    assertThatThrownBy(() -> EvidenceFile.parse(lie)).hasMessageContaining("it was changed");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "{; ",
        "[]; its format is not",
        "{\"format\":\"x\"}; its format is not",
      })
  void what_is_no_history_is_refused(String text, String why) {
    assertThatThrownBy(() -> EvidenceFile.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why == null ? "" : why);
  }

  @ParameterizedTest
  @CsvSource({"17", "1*2*3", "#12", "stamps", "x"})
  void a_content_that_is_none_is_named(String word) {
    Contents contents = new Contents(OptionalLong.empty(), BLOCK);

    assertThatThrownBy(() -> contents.parse(word, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("'.*' .*|write 17 put nothing into block 0");
  }
}
