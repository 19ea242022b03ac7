/**
 * What users do with a pool's volumes: {@code untorn volume} and the control API's {@code
 * /volumes}. Both ask one {@link org.untorn.daemon.volume.VolumeAdmin}, whose ends are the open
 * pool itself and a running daemon.
 *
 * <pre>
 *   VolumeCommand ──► PoolVolumes ──► Pool                                      no daemon runs
 *   VolumeCommand ──► RemoteVolumes ── HTTP ──► VolumesApi ──► PoolVolumes ──► Pool
 * </pre>
 */
@NullMarked
package org.untorn.daemon.volume;

import org.jspecify.annotations.NullMarked;
