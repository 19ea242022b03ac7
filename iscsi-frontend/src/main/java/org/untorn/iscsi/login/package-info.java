/**
 * Text keys, their negotiation, and the login phase (RFC 7143 clauses 6, 12 and 13): values and
 * pure functions, without sockets.
 */
@NullMarked
package org.untorn.iscsi.login;

import org.jspecify.annotations.NullMarked;
