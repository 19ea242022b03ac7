package org.untorn.backstore;

/**
 * A volume or snapshot of the pool: an identity, a name and two roots.
 *
 * <pre>
 *   visible   what a read that starts now sees         moved by each record that is published
 *   captured  what was visible when a sync began       the {@link Committer}'s
 *   durable   what survives the loss of all unsynced   moved by each sync that ends well
 * </pre>
 *
 * {@code visible} is changed under the {@link Log}'s lock, and during recovery; readers just read
 * it.
 */
final class Volume {

  private final long id;
  private final String name;
  private final boolean writable;
  private volatile Root visible;
  private volatile Root durable;
  private Root captured;
  private volatile boolean deleted;

  Volume(long id, String name, boolean writable, Root root) {
    this.id = id;
    this.name = name;
    this.writable = writable;
    this.visible = root;
    this.durable = root;
    this.captured = root;
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

  Root durable() {
    return durable;
  }

  boolean deleted() {
    return deleted;
  }

  void delete() {
    deleted = true;
  }

  /** Notes what is visible as a sync begins. */
  void capture() {
    captured = visible;
  }

  /** Moves the durable root up once that sync has ended. */
  void promote() {
    durable = captured;
  }

  /** Puts copies of blocks in the place of the originals: the same bytes, elsewhere. */
  void relocate(Relocation relocation) {
    visible = relocation.rewrite(visible);
    captured = relocation.rewrite(captured);
    durable = relocation.rewrite(durable);
  }
}
