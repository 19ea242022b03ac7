package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.untorn.testkit.vm.GuestImage;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxExtension;
import org.untorn.testkit.vm.LinuxMachineException;
import org.untorn.testkit.vm.VirtualMachine;

/** A guest that breaks ends the test that it breaks, in time, and says what it can. */
final class GuestTest {

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @BeforeAll
  static void only_where_there_are_guests() {
    assumeTrue(linux.machine() instanceof VirtualMachine, "the scripts run on this machine");
  }

  @ParameterizedTest
  @EnumSource
  void the_kernel_is_the_one_that_was_asked_for(GuestKernel kernel) {
    linux.use(kernel);

    assertThat(linux.kernelRelease())
        .startsWith(
            switch (kernel) {
              case STABLE -> "6.";
              case BACKPORTS -> "7.";
            });
    assertThat(linux.sh("uname -r")).isEqualTo(linux.kernelRelease());
  }

  @Test
  void a_guest_that_hangs_is_given_up_and_its_console_told() throws Exception {
    try (VirtualMachine guest = boot()) {
      assertThat(new ProcessBuilder("kill", "-STOP", "" + guest.process().pid()).start().waitFor())
          .isZero();

      assertThatThrownBy(() -> guest.run(Duration.ofSeconds(1), "echo never heard"))
          .isInstanceOf(LinuxMachineException.class)
          .hasMessageContaining("did not answer in time to:\necho never heard")
          .hasMessageContaining("its console's last lines")
          .hasMessageContaining("[vda] ");
      assertThat(guest.answers()).isFalse();
      assertThatThrownBy(() -> guest.sh("true")).hasMessageContaining("in an earlier script");
    }
  }

  @Test
  void a_guest_whose_kernel_panics_is_told_by_its_console() {
    try (VirtualMachine guest = boot()) {
      assertThatThrownBy(() -> guest.sh("echo c >/proc/sysrq-trigger; sleep 5"))
          .isInstanceOf(LinuxMachineException.class)
          .hasMessageContaining("went away during:\necho c >/proc/sysrq-trigger")
          .hasMessageContaining("sysrq triggered crash");
      assertThat(guest.answers()).isFalse();
    }
  }

  /** A guest of its own, that is hung if it is 2 seconds late. */
  private static VirtualMachine boot() {
    return VirtualMachine.boot(GuestImage.get(), GuestKernel.STABLE, Duration.ofSeconds(2));
  }
}
