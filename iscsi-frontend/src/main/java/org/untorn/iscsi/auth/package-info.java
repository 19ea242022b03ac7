/**
 * How two ends of a login prove who they are: CHAP's secrets, digests and values (RFC 7143 12.1.3,
 * RFC 1994), without the messages that carry them.
 */
@NullMarked
package org.untorn.iscsi.auth;

import org.jspecify.annotations.NullMarked;
