/** {@code untorn check}: whether a pool is sound, and what a damaged one can be saved of. */
@NullMarked
package org.untorn.daemon.check;

import org.jspecify.annotations.NullMarked;
