/** Every state in which a power cut may leave a volume, made of one recorded run. */
@NullMarked
package org.untorn.daemon.crash;

import org.jspecify.annotations.NullMarked;
