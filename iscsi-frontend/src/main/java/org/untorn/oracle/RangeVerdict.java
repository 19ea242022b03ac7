package org.untorn.oracle;

/**
 * What became of one write.
 *
 * @param id the write's number in the history
 * @param fate of its range
 * @param promised whether it was stable when the power went
 * @param answered whether it had been answered
 * @param missing how many of its blocks hold what was there before it
 */
public record RangeVerdict(
    int id, Operation.Write write, Fate fate, boolean promised, boolean answered, int missing) {}
