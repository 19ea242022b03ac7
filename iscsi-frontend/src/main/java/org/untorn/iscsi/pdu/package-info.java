/**
 * iSCSI PDUs as values (RFC 7143 clause 11), and the two Netty handlers that turn a byte stream
 * into them and back. Both ends of a connection use the same records.
 */
@NullMarked
package org.untorn.iscsi.pdu;

import org.jspecify.annotations.NullMarked;
