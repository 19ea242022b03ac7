/**
 * Media and stores that break on purpose: filters of the same waists. Only a composition root and
 * tests know them.
 */
@NullMarked
package org.untorn.backstore.fault;

import org.jspecify.annotations.NullMarked;
