/** The wire format and the target judged by jSCSI, an initiator and PDU parser of others. */
@NullMarked
package org.untorn.conformance.jscsi;

import org.jspecify.annotations.NullMarked;
