/** The portals of a running daemon, which are opened and closed from outside. */
@NullMarked
package org.untorn.daemon.portal;

import org.jspecify.annotations.NullMarked;
