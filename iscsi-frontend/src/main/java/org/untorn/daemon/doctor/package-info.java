/**
 * {@code untorn doctor}: what a Linux disk or file system offers of atomic writes, and whether it
 * keeps its word. {@link org.untorn.daemon.doctor.Diagnosis} puts it together from {@link
 * org.untorn.daemon.doctor.DiskFacts} (sysfs and the disk's own Block Limits page) and from {@link
 * org.untorn.daemon.doctor.AtomicFile} (the system calls).
 */
@NullMarked
package org.untorn.daemon.doctor;

import org.jspecify.annotations.NullMarked;
