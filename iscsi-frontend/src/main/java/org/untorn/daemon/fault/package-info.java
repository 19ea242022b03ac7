/**
 * How a daemon is broken on purpose: what the command line, a file and the control API say of
 * faults, and what puts them between the parts.
 */
@NullMarked
package org.untorn.daemon.fault;

import org.jspecify.annotations.NullMarked;
