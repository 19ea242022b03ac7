package org.untorn.daemon.volume;

import java.util.OptionalLong;

/**
 * What is known of a volume's content beforehand.
 *
 * @param blockSize bytes per logical block
 * @param bytes the capacity; a stream that is imported may not know it
 * @param dataBytes how much of it is not holes, if that is known
 */
public record Content(int blockSize, OptionalLong bytes, OptionalLong dataBytes) {}
