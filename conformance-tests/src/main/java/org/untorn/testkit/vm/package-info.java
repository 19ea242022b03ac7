/**
 * A real Linux to judge a target by. {@link org.untorn.testkit.vm.VirtualMachine} boots one under
 * QEMU from Debian packages alone and runs shell scripts in it; {@link
 * org.untorn.testkit.vm.ThisMachine} runs the same scripts on the machine itself; {@link
 * org.untorn.testkit.vm.LinuxExtension} gives either to a test class.
 *
 * <p>What a script may call beside Debian's programs is in the resource {@code guest/lib.sh} and in
 * {@code guest/atomic-tool.c}.
 */
@NullMarked
package org.untorn.testkit.vm;

import org.jspecify.annotations.NullMarked;
