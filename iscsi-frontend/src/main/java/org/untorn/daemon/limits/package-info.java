/**
 * {@code untorn limits} and {@code /luns}: what one command may ask of a logical unit, shown and
 * set while it is served.
 */
@NullMarked
package org.untorn.daemon.limits;

import org.jspecify.annotations.NullMarked;
