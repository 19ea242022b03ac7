/** {@code untorn lun}: logical units that are added and removed while a daemon runs. */
@NullMarked
package org.untorn.daemon.lun;

import org.jspecify.annotations.NullMarked;
