/** Who may log in: the configured rules with the secrets that they name. */
@NullMarked
package org.untorn.daemon.access;

import org.jspecify.annotations.NullMarked;
