/**
 * The control API of a running daemon: {@link org.untorn.daemon.control.ControlApi} serves it,
 * {@link org.untorn.daemon.control.ControlFile} lets others on this host find it.
 */
@NullMarked
package org.untorn.daemon.control;

import org.jspecify.annotations.NullMarked;
