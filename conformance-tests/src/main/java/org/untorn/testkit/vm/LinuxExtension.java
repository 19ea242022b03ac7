package org.untorn.testkit.vm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * A Linux for a test class, in one line:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);
 * }</pre>
 *
 * A class has its guest for itself, so classes may run at the same time. The next class that asks
 * for the same kernel goes on with it, unless it is hung or gone; all are killed at the run's end.
 * With {@code UNTORN_LINUX=this-machine} there is no guest: the scripts run here, one class at a
 * time (see {@link ThisMachine}).
 *
 * <p>Where no Linux can be had no test passes: in continuous integration ({@code CI=true}) the
 * class fails, elsewhere it is aborted; both say what is missing. A failing test carries the
 * guest's console as a suppressed exception.
 */
public final class LinuxExtension
    implements BeforeAllCallback, AfterAllCallback, TestExecutionExceptionHandler, LinuxMachine {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LinuxExtension.class);

  private final GuestKernel kernel;
  private GuestKernel taken;
  private Optional<Guests> guests = Optional.empty();
  private Optional<LinuxMachine> machine = Optional.empty();

  private LinuxExtension(GuestKernel kernel) {
    this.kernel = kernel;
    this.taken = kernel;
  }

  /** A guest with that kernel. */
  public static LinuxExtension with(GuestKernel kernel) {
    return new LinuxExtension(kernel);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    guests =
        Optional.of(
            context
                .getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Guests.class, _ -> new Guests(), Guests.class));
    use(kernel);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    giveBack();
  }

  /** Goes on with a guest of another kernel, which may have to be booted. */
  public void use(GuestKernel other) {
    Guests run = guests.orElseThrow(() -> new IllegalStateException("no test class has begun"));
    giveBack();
    try {
      machine = Optional.of(run.take(other));
      taken = other;
    } catch (LinuxMachineException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw e;
      }
      throw new TestAbortedException(e.getMessage(), e);
    }
  }

  private void giveBack() {
    machine.ifPresent(each -> guests.orElseThrow().giveBack(taken, each));
    machine = Optional.empty();
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    if (machine.orElse(null) instanceof VirtualMachine guest) {
      failure.addSuppressed(new AssertionError("the guest's console:\n" + guest.consoleTail()));
    }
    throw failure;
  }

  @Override
  public ScriptRun run(Duration limit, String script) {
    return machine().run(limit, script);
  }

  @Override
  public boolean answers() {
    return machine().answers();
  }

  @Override
  public String kernelRelease() {
    return machine().kernelRelease();
  }

  @Override
  public String hostAddress() {
    return machine().hostAddress();
  }

  /** The machine itself, for what only one kind of machine has. */
  public LinuxMachine machine() {
    return machine.orElseThrow(() -> new IllegalStateException("no test class has begun"));
  }

  /** Nothing: the machine ends with the run. */
  @Override
  public void close() {}

  /** The machines of a run. JUnit's root store has it, and closes it at the run's end. */
  private static final class Guests implements AutoCloseable {

    private static final boolean THIS_MACHINE =
        "this-machine".equals(System.getenv("UNTORN_LINUX"));

    private final List<LinuxMachine> all = new ArrayList<>();
    private final List<Idle> idle = new ArrayList<>();
    private final Semaphore thisMachine = new Semaphore(1);
    private Optional<LinuxMachineException> noImage = Optional.empty();

    private record Idle(GuestKernel kernel, LinuxMachine machine) {}

    LinuxMachine take(GuestKernel kernel) {
      if (THIS_MACHINE) {
        ThisMachine machine = new ThisMachine();
        thisMachine.acquireUninterruptibly();
        return machine;
      }
      Optional<LinuxMachine> known = answering(kernel);
      return known.isPresent() ? known.get() : boot(image(), kernel);
    }

    synchronized void giveBack(GuestKernel kernel, LinuxMachine machine) {
      if (THIS_MACHINE) {
        thisMachine.release();
      } else if (machine.answers()) {
        idle.add(new Idle(kernel, machine));
      } else {
        all.remove(machine);
        machine.close();
      }
    }

    private synchronized Optional<LinuxMachine> answering(GuestKernel kernel) {
      Optional<Idle> found =
          idle.stream()
              .filter(each -> each.kernel() == kernel && each.machine().answers())
              .findFirst();
      found.ifPresent(idle::remove);
      return found.map(Idle::machine);
    }

    private LinuxMachine boot(GuestImage image, GuestKernel kernel) {
      VirtualMachine guest = VirtualMachine.boot(image, kernel);
      System.err.printf(
          "Linux %s took its first script after %.1f s%n",
          guest.kernelRelease(), guest.bootTime().toMillis() / 1000.0);
      synchronized (this) {
        all.add(guest);
      }
      return guest;
    }

    /** What cannot be built is not tried again by the next class. */
    private synchronized GuestImage image() {
      if (noImage.isPresent()) {
        throw noImage.get();
      }
      try {
        return GuestImage.get();
      } catch (LinuxMachineException e) {
        noImage = Optional.of(e);
        throw e;
      }
    }

    @Override
    public synchronized void close() {
      all.forEach(LinuxMachine::close);
      all.clear();
    }
  }
}
