/**
 * Every class of faults under every kind of work, and what sessions that race see of each block.
 */
@NullMarked
package org.untorn.conformance.fault;

import org.jspecify.annotations.NullMarked;
