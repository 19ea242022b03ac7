package org.untorn.conformance.vm;

/**
 * How one command ended on two disks.
 *
 * @param name what the command tries
 * @param theirs scsi_debug's status, sense and field pointer
 * @param ours the same of our disk
 */
record Case(String name, String theirs, String ours) {}
