/** The iSCSI server: listens, and gives each connection its pipeline. */
@NullMarked
package org.untorn.iscsi;

import org.jspecify.annotations.NullMarked;
