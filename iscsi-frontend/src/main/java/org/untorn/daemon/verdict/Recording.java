package org.untorn.daemon.verdict;

import java.util.OptionalLong;
import org.untorn.oracle.History;

/**
 * The history of one disk.
 *
 * @param name what was recorded, in a word or two
 * @param blockLength bytes per block
 * @param stampSeed the seed of the stamps, if all that was written are stamps
 */
public record Recording(String name, int blockLength, OptionalLong stampSeed, History history) {}
