@NullMarked
package org.untorn.iscsi;

import org.jspecify.annotations.NullMarked;
