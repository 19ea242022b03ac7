/**
 * What the daemon is told to serve: one record, {@link org.untorn.daemon.config.DaemonConfig},
 * whether it comes from flags or from a YAML file.
 */
@NullMarked
package org.untorn.daemon.config;

import org.jspecify.annotations.NullMarked;
