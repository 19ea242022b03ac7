/**
 * The test kit: a real target for a test class in one line, programs that judge it, and a report of
 * every test that could not run. It knows the target by its command line, its wire and its control
 * API, never by its classes.
 */
@NullMarked
package org.untorn.testkit;

import org.jspecify.annotations.NullMarked;
