/**
 * The SCSI device: command table, logical units, nexuses, task sets, sense data, unit attentions.
 * Knows neither sockets nor iSCSI.
 */
@NullMarked
package org.untorn.core;

import org.jspecify.annotations.NullMarked;
