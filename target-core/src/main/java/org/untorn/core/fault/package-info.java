/** Logical units that break on purpose: filters which only a composition root and tests know. */
@NullMarked
package org.untorn.core.fault;

import org.jspecify.annotations.NullMarked;
