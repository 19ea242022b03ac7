package org.untorn.backstore;

/** Ways to complete an operation. */
final class Completions {

  private Completions() {}

  /** Completes it; a completion that throws must not take others along, whatever it throws. */
  static void complete(BlockStore.Completion completion, BlockOutcome outcome) {
    try {
      completion.completed(outcome);
    } catch (Throwable bug) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, bug);
    }
  }

  /** One for each of {@code parts}; the whole completes with the first failure, if there is one. */
  static BlockStore.Completion join(int parts, BlockStore.Completion whole) {
    if (parts == 1) {
      return whole;
    }
    return new Join(parts, whole);
  }

  private static final class Join implements BlockStore.Completion {
    private final BlockStore.Completion whole;
    private int missing;
    private BlockOutcome result = BlockOutcome.DONE;

    private Join(int parts, BlockStore.Completion whole) {
      this.missing = parts;
      this.whole = whole;
    }

    @Override
    public void completed(BlockOutcome outcome) {
      if (isLast(outcome)) {
        whole.completed(result);
      }
    }

    private synchronized boolean isLast(BlockOutcome outcome) {
      if (result instanceof BlockOutcome.Done) {
        result = outcome;
      }
      missing--;
      return missing == 0;
    }
  }
}
