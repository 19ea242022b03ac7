/**
 * Connections and sessions of the target in the full feature phase (RFC 7143 clauses 4.2, 7, 8):
 * command ordering, data transfer, task management, logout.
 */
@NullMarked
package org.untorn.iscsi.session;

import org.jspecify.annotations.NullMarked;
