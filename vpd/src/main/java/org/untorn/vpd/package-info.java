/**
 * What the device says of itself: named field layouts, INQUIRY data, VPD pages and the atomic
 * limits. Knows neither storage nor sessions.
 */
@NullMarked
package org.untorn.vpd;

import org.jspecify.annotations.NullMarked;
