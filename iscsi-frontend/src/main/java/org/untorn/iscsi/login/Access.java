package org.untorn.iscsi.login;

import org.untorn.iscsi.auth.Authentication;

/** Whether an initiator may log in somewhere. */
public sealed interface Access {

  /** It may, once it has proven what it must. */
  record Granted(Authentication authentication) implements Access {}

  /** It may not, whoever it is. */
  record Denied() implements Access {}

  /** Access for everybody. */
  Access OPEN = new Granted(new Authentication.None());
}
