/** Connections that break on purpose: handlers which only a composition root and tests know. */
@NullMarked
package org.untorn.iscsi.fault;

import org.jspecify.annotations.NullMarked;
