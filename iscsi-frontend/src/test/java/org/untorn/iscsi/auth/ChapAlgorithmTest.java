package org.untorn.iscsi.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses, secrets and values, each against what others compute. */
class ChapAlgorithmTest {

  private static Secret secret(String text) {
    return Secret.of(text.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    // OpenSSL's digests of A7h, "correct-horse-battery", 10h 11h 12h ... (as many as the digest
    // has)
    "MD5, 5, 6d9b40c1e680e8ffc580f739e88a51cc",
    "SHA1, 6, 6f18d61284ffa99a83937b1dffee64a1c5e78930",
    "SHA256, 7, db2472bd0e5e1e30030a2290181a897d3caf0340cf2d697700fd9822e487a6ca",
    "SHA3_256, 8, a9109bf721f754e11947c2ab6874d9c9c38445a82eddc593569cc5872e31f379",
  })
  void a_response_is_the_digest_of_identifier_secret_and_challenge(
      ChapAlgorithm algorithm, int number, String expected) {
    byte[] challenge = new byte[algorithm.length()];
    for (int i = 0; i < challenge.length; i++) {
      challenge[i] = (byte) (0x10 + i);
    }
    byte[] response = algorithm.response(0xA7, secret("correct-horse-battery"), challenge);
    assertThat(HexFormat.of().formatHex(response)).isEqualTo(expected);
    assertThat(algorithm.length()).isEqualTo(response.length);
    assertThat(ChapAlgorithm.of(number)).contains(algorithm);
    assertThat(ChapAlgorithm.named(algorithm.title())).contains(algorithm);
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 256, 0})
  void a_secret_of_another_length_is_none(int length) {
    assertThat(Secret.of(new byte[length])).isEmpty();
  }

  @Test
  void a_secret_shows_nothing_of_itself_and_equals_only_its_like() {
    Secret secret = secret("correct-horse-battery");
    assertThat(secret.toString()).doesNotContain("correct");
    assertThat(new Credential("db", secret).toString()).contains("db").doesNotContain("horse");
    assertThat(Authentication.Chap.of(Map.of("db", secret)).toString()).doesNotContain("horse");
    assertThat(secret).isEqualTo(secret("correct-horse-battery")).hasSameHashCodeAs(secret);
    assertThat(secret).isNotEqualTo(secret("correct-horse-batterz"));
    assertThat(Secret.of(new byte[12])).isPresent();
    assertThat(Secret.of(new byte[255])).isPresent();
  }

  @Test
  void the_target_may_not_have_the_secret_of_a_user() {
    Optional<Credential> same = Optional.of(new Credential("disk0", secret("the-same-for-both")));
    Map<String, Secret> users = Map.of("db", secret("the-same-for-both"));
    assertThatThrownBy(() -> new Authentication.Chap(users, same, Set.of(ChapAlgorithm.MD5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("the-same");
  }

  @Test
  void every_challenge_is_another_and_as_long_as_the_digest() {
    Challenge first = Challenge.fresh();
    Challenge second = Challenge.fresh();
    for (ChapAlgorithm algorithm : ChapAlgorithm.values()) {
      assertThat(first.bytes(algorithm)).hasSize(algorithm.length());
      assertThat(first.bytes(algorithm)).isNotEqualTo(second.bytes(algorithm));
    }
    assertThat(Challenge.of(new Random(1)).identifier())
        .isEqualTo(Challenge.of(new Random(1)).identifier())
        .isBetween(0, 255);
  }

  @ParameterizedTest
  @CsvSource({
    "0x0102ff, 0102ff",
    "0X0102FF, 0102ff",
    "0bAQL/, 0102ff",
    "0BAQI=, 0102",
    "0bAQ==, 01",
    "0x00, 00",
  })
  void a_binary_value_is_hexadecimal_or_base64(String value, String bytes) {
    assertThat(BinaryValue.parse(value, 3).map(HexFormat.of()::formatHex)).contains(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "0x",
        "0b",
        "0x1",
        "0xg0",
        "0102",
        "0x 1",
        "0b!",
        "0bA",
        "0x01020304",
        "0bAQIDBA==",
        "0y00"
      })
  void anything_else_or_too_much_is_none(String value) {
    assertThat(BinaryValue.parse(value, 3)).isEmpty();
  }
}
