/**
 * The copy-on-write block store: media, the pool, volumes and their roots, recovery. Knows neither
 * SCSI nor iSCSI.
 */
@NullMarked
package org.untorn.backstore;

import org.jspecify.annotations.NullMarked;
