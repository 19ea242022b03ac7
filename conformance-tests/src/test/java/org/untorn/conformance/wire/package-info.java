/** Our own suites over the wire: each checks the standard's rules on every PDU it gets. */
@NullMarked
package org.untorn.conformance.wire;

import org.jspecify.annotations.NullMarked;
