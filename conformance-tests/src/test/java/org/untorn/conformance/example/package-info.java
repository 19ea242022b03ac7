/** What README.md shows. */
@NullMarked
package org.untorn.conformance.example;

import org.jspecify.annotations.NullMarked;
