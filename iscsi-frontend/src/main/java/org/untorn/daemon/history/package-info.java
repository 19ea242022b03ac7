/** What a device remembers of what was asked of it, so that it can be judged. */
@NullMarked
package org.untorn.daemon.history;

import org.jspecify.annotations.NullMarked;
