package org.untorn.backstore;

/**
 * A run of logical blocks.
 *
 * @param lba the first block
 * @param count the number of blocks, at least 0
 */
public record BlockExtent(long lba, long count) {}
