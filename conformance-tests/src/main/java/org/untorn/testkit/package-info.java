@NullMarked
package org.untorn.testkit;

import org.jspecify.annotations.NullMarked;
