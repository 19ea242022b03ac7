/**
 * The daemon: command line, composition root, control API and metrics. It alone puts the parts of
 * Untorn together.
 */
@NullMarked
package org.untorn.daemon;

import org.jspecify.annotations.NullMarked;
