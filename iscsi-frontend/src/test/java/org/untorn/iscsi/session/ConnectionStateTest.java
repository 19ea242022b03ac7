package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.iscsi.session.ConnectionState.FREE;
import static org.untorn.iscsi.session.ConnectionState.IN_LOGIN;
import static org.untorn.iscsi.session.ConnectionState.IN_LOGOUT;
import static org.untorn.iscsi.session.ConnectionState.LOGGED_IN;
import static org.untorn.iscsi.session.ConnectionState.LOGOUT_REQUESTED;
import static org.untorn.iscsi.session.ConnectionState.XPT_UP;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.session.ConnectionState.Event;

class ConnectionStateTest {

  /** For each event, what becomes of FREE, XPT_UP, IN_LOGIN, LOGGED_IN, IN_LOGOUT, S7. */
  private static final Map<Event, List<ConnectionState>> TABLE =
      new EnumMap<>(
          Map.of(
              Event.ACCEPTED,
              List.of(XPT_UP, XPT_UP, IN_LOGIN, LOGGED_IN, IN_LOGOUT, LOGOUT_REQUESTED),
              Event.LOGIN_REQUEST,
              List.of(FREE, IN_LOGIN, IN_LOGIN, LOGGED_IN, IN_LOGOUT, LOGOUT_REQUESTED),
              Event.LOGIN_SUCCEEDED,
              List.of(FREE, XPT_UP, LOGGED_IN, LOGGED_IN, IN_LOGOUT, LOGOUT_REQUESTED),
              Event.LOGIN_FAILED,
              List.of(FREE, FREE, FREE, LOGGED_IN, IN_LOGOUT, LOGOUT_REQUESTED),
              Event.END_ANNOUNCED,
              List.of(FREE, XPT_UP, IN_LOGIN, LOGOUT_REQUESTED, IN_LOGOUT, LOGOUT_REQUESTED),
              Event.LOGOUT_REQUEST,
              List.of(FREE, XPT_UP, IN_LOGIN, IN_LOGOUT, IN_LOGOUT, IN_LOGOUT),
              Event.TRANSPORT_LOST,
              List.of(FREE, FREE, FREE, FREE, FREE, FREE)));

  @Test
  void every_event_in_every_state_leads_where_the_standard_says() {
    for (Event event : Event.values()) {
      List<ConnectionState> row = TABLE.getOrDefault(event, List.of());
      List<ConnectionState> states = List.of(ConnectionState.values());
      assertThat(row).as("row of %s", event).hasSameSizeAs(states);
      for (int i = 0; i < states.size(); i++) {
        assertThat(states.get(i).next(event))
            .as("%s in %s", event, states.get(i))
            .isEqualTo(row.get(i));
      }
    }
  }
}
