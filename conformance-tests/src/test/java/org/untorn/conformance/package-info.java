/** Suites that judge a running target: by programs that others wrote, and over the wire. */
@NullMarked
package org.untorn.conformance;

import org.jspecify.annotations.NullMarked;
