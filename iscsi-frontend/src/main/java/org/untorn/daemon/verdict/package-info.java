/**
 * Recorded histories: the file they are kept in, and what {@code untorn verdict} says of them, for
 * people and for machines.
 */
@NullMarked
package org.untorn.daemon.verdict;

import org.jspecify.annotations.NullMarked;
