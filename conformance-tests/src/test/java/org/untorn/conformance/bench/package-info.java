/**
 * The benchmark against other targets: {@code conformance-tests/bench/run}. A program that prints
 * ratios, never a test; the JDK's source launcher runs it.
 */
@NullMarked
package org.untorn.conformance.bench;

import org.jspecify.annotations.NullMarked;
