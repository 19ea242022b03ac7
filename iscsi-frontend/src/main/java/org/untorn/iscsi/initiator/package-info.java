/**
 * An iSCSI initiator for tests, on the same PDUs as the target: blocking and simple, and down to
 * single PDUs and bytes where a test wants to misbehave.
 */
@NullMarked
package org.untorn.iscsi.initiator;

import org.jspecify.annotations.NullMarked;
