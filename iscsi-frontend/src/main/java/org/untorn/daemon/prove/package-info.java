/**
 * The tear proof: the same seeded workload under power cuts, once with plain writes and once with
 * atomic ones, and what was found after each cut.
 */
@NullMarked
package org.untorn.daemon.prove;

import org.jspecify.annotations.NullMarked;
