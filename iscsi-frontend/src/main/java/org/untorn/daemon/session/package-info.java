/**
 * {@code untorn sessions} and {@code untorn session drop}: who is logged in, through the control
 * API.
 */
@NullMarked
package org.untorn.daemon.session;

import org.jspecify.annotations.NullMarked;
