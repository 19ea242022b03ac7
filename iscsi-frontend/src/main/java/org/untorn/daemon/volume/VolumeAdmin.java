package org.untorn.daemon.volume;

import java.io.IOException;

/**
 * The management of one pool's volumes, by whoever has the pool open. What cannot be done is an
 * answer; an {@link IOException} says that nobody was there to ask, or that the transport of a
 * content failed. Safe for use by many threads.
 */
public interface VolumeAdmin {

  /** All volumes and snapshots, and how full the pool is. */
  PoolInfo list() throws IOException;

  /** Does it, durably. */
  VolumeAnswer perform(VolumeRequest request) throws IOException;

  /**
   * Hands out what a volume or snapshot holds, at one moment: writes go on meanwhile and are not in
   * it.
   */
  VolumeAnswer exportTo(String name, ContentSink sink) throws IOException;

  /**
   * Makes a volume of a content. It appears when all of it is there; if that fails, nothing is left
   * behind.
   */
  VolumeAnswer importFrom(String name, ContentSource source) throws IOException;

  /**
   * Makes a volume that begins as another volume or a snapshot, with a content over it: what that
   * does not bring stays, blocks of zeros are given back. It appears when all of it is there.
   */
  VolumeAnswer overlay(String origin, String name, ContentSource source) throws IOException;
}
