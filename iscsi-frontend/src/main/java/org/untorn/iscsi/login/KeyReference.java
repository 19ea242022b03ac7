package org.untorn.iscsi.login;

import java.util.Locale;

/** The page docs/KEYS.md: the table of text keys, and how each offer is answered. */
public final class KeyReference {

  private static final String HEAD =
      """
      # Text keys

      Every key of RFC 7143 that Untorn knows, made from the table that negotiates it (`TextKey`). A key that is not here,
      an `X-` or `Y-` key among them, is answered NotUnderstood.

      | key | use | sent by | scope | result | legal values | initially | Untorn wants | irrelevant | clause |
      |---|---|---|---|---|---|---|---|---|---|
      """;

  private static final String FOOT =
      """

      **Use**: SECURITY in the security stage only; LO in the login of a session's leading connection, IO in every login,
      the names in both stages; FFPO in the full feature phase only; ALL in login and afterwards.
      **Scope**: SW for the session, CO for the connection.
      **Result**: DECLARED is said and not answered; MINIMUM, MAXIMUM, AND, OR of both sides; FIRST_COMMON of a list;
      REFUSED for what RFC 7143 has made obsolete (a marker is answered No, its interval Reject); EXCHANGE is CHAP, whose
      CHAP_A offers a list of such numbers. AuthMethod is CHAP wherever a rule asks for a user (ACCESS.md).

      ## How offers are answered

      | what comes | in the login | in the full feature phase |
      |---|---|---|
      | a legal value | the result | the result, if the key's use is ALL or FFPO |
      | a key that is not known | NotUnderstood | NotUnderstood |
      | an illegal value of a negotiated key | Reject | Reject |
      | an illegal value of a declared key | status 0200, of SessionType 0209 | the request is rejected |
      | no AuthMethod in common | status 0201 | - |
      | a key that only a target sends | Reject | Reject |
      | a key in the wrong stage or phase | status 0200 | Reject |
      | a key that does not apply | Irrelevant | - |
      | a key for the second time | status 0200; a name that is the same again is let pass | - |
      | Reject, Irrelevant, NotUnderstood as a value | no answer: it is one itself | no answer |
      | text that is no list of key=value | status 0200 | the request is rejected |
      | more than 32 KiB of text in a login, 64 KiB later | status 0302 | the request is rejected |

      Text goes over several PDUs, both ways, by the C bit. Keys are evaluated in the order of the table, not of the text:
      FirstBurstLength never exceeds MaxBurstLength, whichever came first.
      """;

  private KeyReference() {}

  /** The page for what a side wants. */
  public static String render(LocalParameters wants) {
    StringBuilder page = new StringBuilder(HEAD);
    for (TextKey key : TextKey.values()) {
      page.append(
          "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n"
              .formatted(
                  key.key(),
                  key.use(),
                  words(key.sender()),
                  key.scope(),
                  key.result(),
                  values(key.legal()),
                  orDash(key.initial()),
                  orDash(wants.values().getOrDefault(key, "")),
                  irrelevant(key.irrelevant()),
                  key.clause()));
    }
    return page.append(FOOT).toString();
  }

  private static String words(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String orDash(String value) {
    return value.isEmpty() ? "-" : value;
  }

  private static String values(Values legal) {
    return switch (legal) {
      case Values.OneOf one -> String.join(", ", one.words());
      case Values.Range(int min, int max) -> min + " to " + max;
      case Values.Text(int min, int max) -> "text of %d to %d bytes".formatted(min, max);
      case Values.Binary(int max) -> "1 to %d bytes, hexadecimal or base64".formatted(max);
    };
  }

  private static String irrelevant(TextKey.Unless when) {
    return switch (when) {
      case NEVER -> "never";
      case DISCOVERY -> "in discovery";
      case NOTHING_UNSOLICITED -> "in discovery; InitialR2T=Yes with ImmediateData=No";
    };
  }
}
