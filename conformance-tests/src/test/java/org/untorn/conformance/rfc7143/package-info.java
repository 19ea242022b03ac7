/**
 * What RFC 7143 asks of a target, case by case, with PDUs made byte by byte: nothing here uses the
 * code that it judges. It runs against any target; {@code conformance-tests/wire/run} is its
 * program, for which the JDK's source launcher suffices.
 */
@NullMarked
package org.untorn.conformance.rfc7143;

import org.jspecify.annotations.NullMarked;
