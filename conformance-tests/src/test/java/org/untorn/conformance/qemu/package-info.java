/** The target judged by QEMU's block layer with images of real file systems. */
@NullMarked
package org.untorn.conformance.qemu;

import org.jspecify.annotations.NullMarked;
