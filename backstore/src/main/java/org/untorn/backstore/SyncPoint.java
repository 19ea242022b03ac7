package org.untorn.backstore;

import java.util.List;

/**
 * What a sync covers.
 *
 * @param sequence the last record of it
 * @param logBytes how many bytes the log was long then, from its opening on
 * @param segments those that hold records of it which were not synced yet, in order
 */
record SyncPoint(long sequence, long logBytes, List<Segment> segments) {}
