/** The target judged by libiscsi's test tool, {@code iscsi-test-cu}. */
@NullMarked
package org.untorn.conformance.libiscsi;

import org.jspecify.annotations.NullMarked;
