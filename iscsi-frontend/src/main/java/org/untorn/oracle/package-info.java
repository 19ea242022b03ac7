/**
 * Judges what a disk holds against what it promised: a history of operations and of what was found
 * after power cuts in, a verdict out. It knows no disk, no wire and no file; what it is fed decides
 * what it says.
 */
@NullMarked
package org.untorn.oracle;

import org.jspecify.annotations.NullMarked;
