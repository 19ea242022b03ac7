package org.untorn.testkit.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Linux guest under QEMU in software emulation: no KVM, no root, no network device of the host.
 *
 * <pre>
 *   boot ──► ready ──► run, run, ... ──► close      QEMU is killed and its folder removed
 *              └── a script outlives its limit by far, or QEMU ends: every later run fails at once
 * </pre>
 *
 * Scripts go in and their output comes back over a virtio-serial port that is a Unix socket here;
 * {@code guest/guest-init} says how. When this process ends in any way the socket closes, the guest
 * switches itself off, and QEMU ends.
 *
 * <p>Not thread-safe: one script at a time.
 */
public final class VirtualMachine implements LinuxMachine {

  private static final Duration BOOT_LIMIT = Duration.ofMinutes(3);
  private static final Duration GRACE = Duration.ofSeconds(45);
  private static final int CONSOLE_LINES = 60;
  private static final String READY = "untorn-ready ";
  private static final String GONE = "\0gone";

  private static final String PROCESSOR = "max,-cx16,la57=off,smap=off,smep=off,pku=off,umip=off";
  private static final String KERNEL_ARGUMENTS =
      "console=ttyS0 loglevel=6 panic=-1 mitigations=off tsc=reliable random.trust_cpu=on"
          + " init_on_alloc=0 audit=0 nowatchdog apparmor=0 numa=off";

  private final Path folder;
  private final Process qemu;
  private final SocketChannel port;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final String kernelRelease;
  private final Duration bootTime;
  private final Duration grace;
  private int scripts;
  private boolean answering = true;

  private VirtualMachine(GuestImage image, GuestKernel kernel, Duration grace) {
    this.grace = grace;
    long begin = System.nanoTime();
    try {
      folder = Files.createTempDirectory("untorn-vm-");
      qemu =
          new ProcessBuilder(command(image, kernel))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("qemu").toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(qemu::destroyForcibly));
      port = connect();
    } catch (IOException e) {
      throw new LinuxMachineException("QEMU does not start: " + e.getMessage(), e);
    }
    Thread.ofPlatform().daemon().name("guest-output").start(this::readAll);
    try {
      kernelRelease = awaitReady();
    } catch (LinuxMachineException e) {
      close();
      throw e;
    }
    bootTime = Duration.ofNanos(System.nanoTime() - begin);
  }

  /**
   * Boots a guest and waits until it takes scripts, about 5 seconds.
   *
   * @throws LinuxMachineException if it does not come up; the message quotes its console
   */
  public static VirtualMachine boot(GuestImage image, GuestKernel kernel) {
    return boot(image, kernel, GRACE);
  }

  /**
   * The same with another patience.
   *
   * @param grace how long after its limit a script's end may be told, before the guest counts as
   *     hung: it ends scripts itself, but a busy host may be late
   */
  public static VirtualMachine boot(GuestImage image, GuestKernel kernel, Duration grace) {
    return new VirtualMachine(image, kernel, grace);
  }

  @Override
  public ScriptRun run(Duration limit, String script) {
    if (!answering) {
      throw silent("it stopped answering in an earlier script");
    }
    scripts++;
    String id = "script-" + scripts;
    String encoded = Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8));
    send(id + " " + limit.toSeconds() + " " + encoded + "\n");
    List<String> output = new ArrayList<>();
    long deadline = System.nanoTime() + limit.plus(grace).toNanos();
    String end = id + " exit ";
    while (true) {
      String line = nextLine(deadline, script);
      if (line.startsWith(end)) {
        if (!output.isEmpty() && output.getLast().isEmpty()) {
          output.removeLast();
        }
        int exitCode = Integer.parseInt(line.substring(end.length()));
        return new ScriptRun(script, exitCode, String.join("\n", output));
      }
      output.add(line);
    }
  }

  @Override
  public String kernelRelease() {
    return kernelRelease;
  }

  /** QEMU's user networking shows the guest the host's loopback under this address. */
  @Override
  public String hostAddress() {
    return "10.0.2.2";
  }

  @Override
  public boolean answers() {
    return answering && qemu.isAlive();
  }

  /** From QEMU's start to the first script. */
  public Duration bootTime() {
    return bootTime;
  }

  /** QEMU, which is the guest. */
  public ProcessHandle process() {
    return qemu.toHandle();
  }

  /** The last lines that the guest's kernel printed. */
  public String consoleTail() {
    return GuestImage.tail(folder.resolve("console"), CONSOLE_LINES);
  }

  @Override
  public void close() {
    answering = false;
    qemu.destroyForcibly();
    try {
      port.close();
      qemu.waitFor(10, TimeUnit.SECONDS);
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> command(GuestImage image, GuestKernel kernel) {
    return List.of(
        "qemu-system-x86_64",
        "-nodefaults",
        "-no-reboot",
        "-snapshot",
        "-accel",
        "tcg,thread=multi",
        "-smp",
        "1",
        "-m",
        "1024",
        "-machine",
        "q35,usb=off,vmport=off,hpet=off",
        "-cpu",
        PROCESSOR,
        "-kernel",
        image.vmlinux(kernel).toString(),
        "-initrd",
        image.initrd(kernel).toString(),
        "-append",
        KERNEL_ARGUMENTS,
        "-display",
        "none",
        "-serial",
        "file:" + folder.resolve("console"),
        "-drive",
        "file=" + image.root() + ",format=raw,if=none,id=root",
        "-device",
        "virtio-blk-pci,drive=root",
        "-netdev",
        "user,id=net",
        "-device",
        "virtio-net-pci,netdev=net,romfile=",
        "-device",
        "virtio-rng-pci",
        "-device",
        "virtio-serial-pci",
        "-chardev",
        "socket,id=shell,server=on,wait=on,path=" + folder.resolve("shell"),
        "-device",
        "virtserialport,chardev=shell,name=untorn.shell");
  }

  /** Connects to the port; QEMU starts the guest when that is done. */
  private SocketChannel connect() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("shell"));
    while (true) {
      try {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(address);
        return channel;
      } catch (IOException e) {
        if (!qemu.isAlive()) {
          throw new IOException(GuestImage.tail(folder.resolve("qemu"), CONSOLE_LINES), e);
        }
        Thread.onSpinWait();
      }
    }
  }

  private void readAll() {
    try (BufferedReader in =
        new BufferedReader(Channels.newReader(port, StandardCharsets.ISO_8859_1))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // The port ends with the machine; whoever waits for a line hears it below.
      lines.add(e.toString());
    }
    lines.add(GONE);
  }

  private String awaitReady() {
    long deadline = System.nanoTime() + BOOT_LIMIT.toNanos();
    String line = nextLine(deadline, "(boot)");
    while (!line.startsWith(READY)) {
      line = nextLine(deadline, "(boot)");
    }
    return line.substring(line.lastIndexOf(' ') + 1);
  }

  private String nextLine(long deadline, String script) {
    try {
      String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw silent("it did not answer in time to:\n" + script);
      }
      if (line.equals(GONE)) {
        throw silent("it went away during:\n" + script);
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw silent("interrupted during:\n" + script);
    }
  }

  private void send(String text) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        port.write(bytes);
      }
    } catch (IOException e) {
      throw silent(e.toString());
    }
  }

  private LinuxMachineException silent(String why) {
    answering = false;
    return new LinuxMachineException(
        "the guest does not answer: %s%nits console's last lines:%n%s%nQEMU said:%n%s"
            .formatted(why, consoleTail(), GuestImage.tail(folder.resolve("qemu"), CONSOLE_LINES)));
  }
}
