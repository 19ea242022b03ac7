package org.untorn.backstore.fault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;

/**
 * The power of a device whose volumes have volatile caches.
 *
 * <pre>
 *          cut                      initiators are gone            caches are lost
 *   ON ───────────► (nothing goes) ─────────────────► (restoring) ────────────────► OFF
 *    ▲                                                                               │
 *    └───────────────────────────── on, or a delay ──────────────────────────────────┘
 * </pre>
 *
 * From the moment of a cut no operation of any volume does anything, and none that is under way is
 * answered until {@link PowerListener#lost} has seen to it that no initiator can hear the answer;
 * then it ends in {@link BlockOutcome.Stopped}, as does all that is asked for until the power is
 * back. Each cache goes back to what is durable and a legal choice of what was not: {@link
 * CutReport}.
 *
 * <p>All choices come from one seed; a run that submits one operation at a time replays. Its own
 * state is guarded by its monitor, which it holds for no call to others. Safe for use by many
 * threads.
 */
public final class PowerSupply {

  /** How many reports are kept; one may tell of hundreds of thousands of changes. */
  private static final int REPORTS = 8;

  private static final BlockOutcome DARK = new BlockOutcome.Stopped("the power is off");

  private static final PowerVerdict NO_POWER = new PowerVerdict.Dark();

  private final long cacheBytes;
  private final Timer timer;
  private final Map<String, VolatileCache> caches = new TreeMap<>();
  private final List<CutReport> reports = new ArrayList<>();
  private long seed;
  private Random chance;
  private PowerListener listener = PowerListener.NOBODY;
  private Optional<CutPlan> plan = Optional.empty();
  private CutPlan cause = CutPlan.once(new CutPoint.Now());
  private CompletableFuture<CutReport> next = new CompletableFuture<>();
  private volatile boolean on = true;
  private CompletableFuture<Void> unheard = new CompletableFuture<>();

  /** Completes when the listener knows that the power is back; only then is it told of a cut. */
  private CompletableFuture<Void> greeted = CompletableFuture.completedFuture(null);

  private CompletableFuture<CutReport> current = new CompletableFuture<>();
  private long plans;
  private long cuts;
  private long cutsAtSeed;
  private final Tally writes = new Tally();
  private final Tally flushes = new Tally();
  private final Tally messages = new Tally();

  /**
   * A power supply that is on.
   *
   * @param seed where all choices come from
   * @param cacheBytes how much of each volume may be at risk; beyond it a cache destages
   */
  public PowerSupply(long seed, long cacheBytes, Timer timer) {
    this.seed = seed;
    this.cacheBytes = cacheBytes;
    this.timer = timer;
    this.chance = new Random(seed);
  }

  /** Puts a volatile cache that this supplies over a volume. */
  public synchronized VolatileCache protect(String volume, BlockStore below) {
    VolatileCache cache = new VolatileCache(below, this, cacheBytes, random(volume, 0));
    caches.put(volume, cache);
    return cache;
  }

  /** A volume was changed by other means: what it holds now is durable. */
  public void changed(String volume) {
    Optional<VolatileCache> cache;
    synchronized (this) {
      cache = Optional.ofNullable(caches.get(volume));
    }
    cache.ifPresent(VolatileCache::settle);
  }

  /**
   * Draws all choices from another seed from now on, as if no cut had ever been. What is at risk is
   * durable then. The power must be on.
   */
  public void startOver(long newSeed) {
    IdentityHashMap<VolatileCache, Random> chances = new IdentityHashMap<>();
    synchronized (this) {
      seed = newSeed;
      chance = new Random(newSeed);
      cutsAtSeed = cuts;
      caches.forEach((volume, cache) -> chances.put(cache, random(volume, 0)));
    }
    chances.forEach(VolatileCache::startOver);
  }

  /** Says who must know; there is one. */
  public synchronized void listener(PowerListener one) {
    listener = one;
  }

  /**
   * Plans a cut, in place of what was planned. One for {@link CutPoint.Now} is carried out, and
   * does nothing while the power is off.
   */
  public void plan(CutPlan one) {
    long number;
    synchronized (this) {
      if (!on && one.at() instanceof CutPoint.Now) {
        return;
      }
      plan = Optional.of(one);
      number = ++plans;
      countFromNow();
    }
    switch (one.at()) {
      case CutPoint.Now _ -> fire(number);
      case CutPoint.After(Duration delay) -> timer.after(delay, () -> fire(number));
      case CutPoint.AtWrite _,
          CutPoint.InsideWrite _,
          CutPoint.AtFlush _,
          CutPoint.AtMessage _,
          CutPoint.ByChance _ -> {}
    }
  }

  /** What a plan counts begins anew. */
  private void countFromNow() {
    writes.countFromNow();
    flushes.countFromNow();
    messages.countFromNow();
  }

  /** Plans nothing any more. */
  public synchronized void clear() {
    plans++;
    plan = Optional.empty();
  }

  /** Cuts the power now. The future completes when the caches are lost: the power may come back. */
  public CompletableFuture<CutReport> cut() {
    plan(CutPlan.once(new CutPoint.Now()));
    synchronized (this) {
      return current;
    }
  }

  /**
   * Cuts the power now, beside what is planned: that stays planned, and says how long the power
   * stays off. Does nothing while the power is off.
   */
  public void cutAsWell() {
    synchronized (this) {
      if (!on) {
        return;
      }
      Optional<CutPlan> standing = plan;
      plan = Optional.of(new CutPlan(new CutPoint.Now(), standing.flatMap(CutPlan::back), false));
      goDark();
      plan = standing;
    }
    trip();
  }

  /** Completes when the cut that is under way is complete; at once if none ever was. */
  public synchronized CompletableFuture<Void> settled() {
    return cuts == 0 ? CompletableFuture.completedFuture(null) : current.thenAccept(_ -> {});
  }

  /** Completes with the report of the next cut that begins, when that is complete. */
  public synchronized CompletableFuture<CutReport> nextCut() {
    return next;
  }

  /**
   * Brings the power back, once the cut that is under way is complete. The future completes when
   * initiators may come; at once if the power is on.
   */
  public CompletableFuture<Void> on() {
    synchronized (this) {
      return on ? CompletableFuture.completedFuture(null) : current.thenAccept(this::restore);
    }
  }

  public boolean isOn() {
    return on;
  }

  public PowerStatus status() {
    List<VolatileCache> all;
    synchronized (this) {
      all = List.copyOf(caches.values());
    }
    long atRisk = all.stream().mapToLong(VolatileCache::atRisk).sum();
    synchronized (this) {
      return new PowerStatus(on, seed, plan, writes.all(), flushes.all(), atRisk, reports);
    }
  }

  /** Asked by a cache as it begins to carry a change out. */
  synchronized PowerVerdict change() {
    if (!on) {
      return NO_POWER;
    }
    long number = writes.next();
    if (plan.isEmpty()) {
      return new PowerVerdict.Go(writes.all());
    }
    Optional<OptionalInt> hit = plan.get().at().inChange(number, chance);
    if (hit.isEmpty()) {
      return new PowerVerdict.Go(writes.all());
    }
    goDark();
    return new PowerVerdict.Hit(writes.all(), hit.get());
  }

  /** Asked by a cache when a flush arrives. */
  synchronized PowerVerdict flush() {
    if (!on) {
      return NO_POWER;
    }
    long now = flushes.next();
    boolean hit =
        plan.isPresent()
            && plan.get().at() instanceof CutPoint.AtFlush(long number)
            && number == now;
    if (!hit) {
      return new PowerVerdict.Go(flushes.all());
    }
    goDark();
    return new PowerVerdict.Hit(flushes.all(), OptionalInt.empty());
  }

  /**
   * Asked as a message between an initiator and the device arrives, or is to leave: whether it gets
   * through. It does not while the power is off, nor where the power goes at it.
   */
  public boolean message() {
    synchronized (this) {
      if (!on) {
        return false;
      }
      long now = messages.next();
      boolean hit =
          plan.isPresent()
              && plan.get().at() instanceof CutPoint.AtMessage(long number)
              && number == now;
      if (!hit) {
        return true;
      }
      goDark();
    }
    trip();
    return false;
  }

  private void fire(long number) {
    synchronized (this) {
      if (!on || number != plans) {
        return;
      }
      goDark();
    }
    trip();
  }

  /** Begins the cut that is planned. */
  private void goDark() {
    on = false;
    cause = plan.orElseThrow();
    plan = plan.filter(CutPlan::again);
    cuts++;
    current = next;
    next = new CompletableFuture<>();
  }

  /** The power is off since now: what must follow. Called once for each cut. */
  void trip() {
    CutPlan why;
    PowerListener told;
    CompletableFuture<Void> greeting;
    CompletableFuture<Void> silence;
    CompletableFuture<CutReport> cut;
    long number;
    synchronized (this) {
      why = cause;
      told = listener;
      greeting = greeted;
      silence = unheard;
      cut = current;
      number = cuts;
    }
    var _ =
        greeting
            .thenCompose(_ -> told.lost())
            .handle((_, _) -> silence.complete(null))
            .thenCompose(_ -> lose(number, why.at()))
            .whenComplete(
                (report, bug) -> {
                  if (bug != null) {
                    cut.completeExceptionally(bug);
                  } else {
                    cut.complete(report);
                    why.back().ifPresent(delay -> timer.after(delay, () -> restore(report)));
                  }
                });
  }

  private CompletableFuture<CutReport> lose(long number, CutPoint cause) {
    Map<String, VolatileCache> all;
    long sinceSeed;
    synchronized (this) {
      all = new TreeMap<>(caches);
      sinceSeed = number - cutsAtSeed;
    }
    Map<String, CompletableFuture<VolatileCache.Loss>> losses = new TreeMap<>();
    all.forEach(
        (volume, cache) -> losses.put(volume, cache.lose(new CutFates(random(volume, sinceSeed)))));
    return CompletableFuture.allOf(losses.values().toArray(CompletableFuture<?>[]::new))
        .thenApply(_ -> report(number, cause, losses));
  }

  private synchronized CutReport report(
      long number, CutPoint cause, Map<String, CompletableFuture<VolatileCache.Loss>> losses) {
    Map<String, List<Fate>> fates = new TreeMap<>();
    Optional<String> problem = Optional.empty();
    for (Map.Entry<String, CompletableFuture<VolatileCache.Loss>> loss : losses.entrySet()) {
      VolatileCache.Loss one = loss.getValue().join();
      fates.put(loss.getKey(), one.fates());
      problem = problem.or(() -> one.problem().map(why -> loss.getKey() + ": " + why));
    }
    CutReport report = new CutReport(number, seed, cause, writes.all(), fates, problem);
    reports.add(report);
    if (reports.size() > REPORTS) {
      reports.removeFirst();
    }
    return report;
  }

  /** Unless somebody else has brought the power back, and it may have gone again. */
  private void restore(CutReport after) {
    PowerListener told;
    CompletableFuture<Void> telling = new CompletableFuture<>();
    synchronized (this) {
      if (on || after.number() != cuts) {
        return;
      }
      told = listener;
      greeted = telling;
      on = true;
      unheard = new CompletableFuture<>();
      countFromNow();
    }
    try {
      told.restored();
    } finally {
      telling.complete(null);
    }
    Optional<CutPlan> again;
    synchronized (this) {
      again = plan;
    }
    again.filter(one -> one.at() instanceof CutPoint.After).ifPresent(this::plan);
  }

  /**
   * Ends an operation that the power did not last for, in {@link BlockOutcome.Stopped}, as soon as
   * whoever asked for it can hear nothing any more. While the power is off that is when {@link
   * PowerListener#lost} has completed. If the power is back, it was asked for before that, and has
   * nobody who hears it: it ends at once, and no initiator that came since is told of it.
   */
  void refuse(BlockStore.Completion completion) {
    CompletableFuture<Void> silence;
    synchronized (this) {
      silence = on ? CompletableFuture.completedFuture(null) : unheard;
    }
    var _ = silence.thenRun(() -> completion.completed(DARK));
  }

  private synchronized Random random(String volume, long cut) {
    return new Random((seed * 31 + volume.hashCode()) * 0x9E3779B97F4A7C15L + cut);
  }
}
