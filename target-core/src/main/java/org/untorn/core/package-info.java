@NullMarked
package org.untorn.core;

import org.jspecify.annotations.NullMarked;
