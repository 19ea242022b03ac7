package org.untorn.conformance.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.LinuxMachine;

/** The three kinds of disk that file systems meet. */
enum Sectors {
  /** Logical and physical blocks of 512 bytes. */
  NATIVE_512("512n", 512, 512),
  /** Logical blocks of 512 bytes on physical ones of 4096. */
  EMULATED_512("512e", 512, 4096),
  /** Logical and physical blocks of 4096 bytes. */
  NATIVE_4K("4Kn", 4096, 4096);

  private final String trade;
  private final int logical;
  private final int physical;

  Sectors(String trade, int logical, int physical) {
    this.trade = trade;
    this.logical = logical;
    this.physical = physical;
  }

  /** A target with one such disk. */
  UntornExtension target(String... options) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--size",
                "384MiB",
                "--block-size",
                Integer.toString(logical),
                "--physical-block-size",
                Integer.toString(physical),
                "--target-name",
                "iqn.2026-11.org.untorn:" + trade.toLowerCase(Locale.ROOT)));
    all.addAll(List.of(options));
    return UntornExtension.inMemory(all.toArray(String[]::new));
  }

  /** Bytes of a logical block. */
  int logical() {
    return logical;
  }

  /** Bytes of a physical block. */
  int physical() {
    return physical;
  }

  /** Takes away what a test left mounted from these targets, and its sessions. */
  static void release(LinuxMachine linux, UntornExtension... targets) {
    linux.sh(
        Stream.of(targets)
            .map(target -> target.ready().target())
            .collect(Collectors.joining(" ", "leave ", "")));
  }

  /** Its name in the trade. */
  @Override
  public String toString() {
    return trade;
  }
}
