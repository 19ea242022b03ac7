package org.untorn.testkit.vm;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
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
 * A guest is booted once for all classes of a run that ask for its kernel, and killed at the run's
 * end; a class that finds it hung or gone gets a new one. With {@code UNTORN_LINUX=this-machine}
 * there is no guest: the scripts run here (see {@link ThisMachine}).
 *
 * <p>Where no Linux can be had no test passes: in continuous integration ({@code CI=true}) the
 * class fails, elsewhere it is aborted; both say what is missing. A failing test carries the
 * guest's console as a suppressed exception.
 */
public final class LinuxExtension
    implements BeforeAllCallback, TestExecutionExceptionHandler, LinuxMachine {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LinuxExtension.class);

  private final GuestKernel kernel;
  private Optional<Guests> guests = Optional.empty();
  private Optional<LinuxMachine> machine = Optional.empty();

  private LinuxExtension(GuestKernel kernel) {
    this.kernel = kernel;
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

  /** Goes on with the guest of another kernel, which may have to be booted. */
  public void use(GuestKernel other) {
    Guests running = guests.orElseThrow(() -> new IllegalStateException("no test class has begun"));
    try {
      machine = Optional.of(running.with(other));
    } catch (LinuxMachineException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw e;
      }
      throw new TestAbortedException(e.getMessage(), e);
    }
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

  /** The machines of a run, by kernel, in JUnit's root store, which closes them at its end. */
  private static final class Guests implements AutoCloseable {

    private final Map<GuestKernel, LinuxMachine> running = new EnumMap<>(GuestKernel.class);
    private Optional<LinuxMachineException> noImage = Optional.empty();

    synchronized LinuxMachine with(GuestKernel kernel) {
      LinuxMachine known = running.get(kernel);
      if (known != null && known.answers()) {
        return known;
      }
      if (known != null) {
        known.close();
        running.remove(kernel);
      }
      LinuxMachine started = start(kernel);
      running.put(kernel, started);
      return started;
    }

    private LinuxMachine start(GuestKernel kernel) {
      if ("this-machine".equals(System.getenv("UNTORN_LINUX"))) {
        return new ThisMachine();
      }
      VirtualMachine guest = VirtualMachine.boot(image(), kernel);
      System.err.printf(
          "Linux %s took its first script after %.1f s%n",
          guest.kernelRelease(), guest.bootTime().toMillis() / 1000.0);
      return guest;
    }

    /** What cannot be built is not tried again by the next class. */
    private GuestImage image() {
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
      running.values().forEach(LinuxMachine::close);
      running.clear();
    }
  }
}
