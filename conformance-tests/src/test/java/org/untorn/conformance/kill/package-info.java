/** SIGKILL under load: what was answered is there afterwards, and what is atomic is whole. */
@NullMarked
package org.untorn.conformance.kill;

import org.jspecify.annotations.NullMarked;
