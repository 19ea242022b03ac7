package org.untorn.backstore;

import java.util.Optional;

/**
 * A volume or snapshot of the pool: an identity, a name and its roots.
 *
 * <pre>
 *   visible   what a read that starts now sees         moved by each record that is published
 *   captured  what was visible when a sync began       the {@link Committer}'s
 *   durable   what survives the loss of all unsynced   moved by each sync that ends well
 * </pre>
 *
 * The latter two are there only where {@link Catalog#keepDurableRoots} asks for them. Each root's
 * top is referred to by its volume. {@code visible} is changed under the {@link Log}'s lock, and
 * during recovery; readers just read it.
 */
final class Volume {

  private final long id;
  private final String name;
  private final boolean writable;
  private volatile Root visible;
  private Optional<Root> captured = Optional.empty();
  private Optional<Root> durable = Optional.empty();
  private volatile boolean deleted;

  Volume(long id, String name, boolean writable, Root root) {
    this.id = id;
    this.name = name;
    this.writable = writable;
    this.visible = root;
  }

  long id() {
    return id;
  }

  String name() {
    return name;
  }

  boolean writable() {
    return writable;
  }

  Root visible() {
    return visible;
  }

  void publish(Root root) {
    visible = root;
  }

  Optional<Root> captured() {
    return captured;
  }

  Optional<Root> durable() {
    return durable;
  }

  boolean deleted() {
    return deleted;
  }

  /** Ends the volume, and gives its roots back. */
  void delete(BlockMaps maps) {
    deleted = true;
    Root last = visible;
    visible = Root.empty(last.geometry());
    maps.release(last);
    captured.ifPresent(maps::release);
    durable.ifPresent(maps::release);
    captured = Optional.empty();
    durable = Optional.empty();
  }

  /** Notes what is visible as a sync begins. */
  void capture(BlockMaps maps) {
    captured.ifPresent(maps::release);
    captured = Optional.of(maps.share(visible));
  }

  /** Moves the durable root up once that sync has ended. */
  void promote(BlockMaps maps) {
    if (captured.isPresent()) {
      durable.ifPresent(maps::release);
      durable = captured;
      captured = Optional.empty();
    }
  }
}
