package org.untorn.testkit.vm;

import java.time.Duration;
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
 * end. With {@code UNTORN_LINUX=this-machine} there is no guest: the scripts run here (see {@link
 * ThisMachine}).
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
    Shared shared =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(kernel, LinuxExtension::start, Shared.class);
    machine = Optional.of(shared.machine());
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

  private static Shared start(GuestKernel kernel) {
    try {
      if ("this-machine".equals(System.getenv("UNTORN_LINUX"))) {
        return new Shared(new ThisMachine());
      }
      VirtualMachine guest = VirtualMachine.boot(GuestImage.get(), kernel);
      System.err.printf(
          "Linux %s took its first script after %.1f s%n",
          guest.kernelRelease(), guest.bootTime().toMillis() / 1000.0);
      return new Shared(guest);
    } catch (LinuxMachineException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw e;
      }
      throw new TestAbortedException(e.getMessage(), e);
    }
  }

  /** A machine in JUnit's root store, which closes it when all tests have run. */
  private record Shared(LinuxMachine machine) implements AutoCloseable {
    @Override
    public void close() {
      machine.close();
    }
  }
}
