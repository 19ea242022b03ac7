package org.untorn.core;

/**
 * An I_T nexus: the relation between an initiator port and a target port (SAM-5 4.7). The transport
 * names the ports; two nexuses are the same exactly if both names are.
 *
 * @param initiatorPort the initiator port's SCSI name (iSCSI: {@code <iSCSI name>,i,0x<ISID>})
 * @param targetPort the target port's SCSI name (iSCSI: {@code <iSCSI name>,t,0x<portal group
 *     tag>})
 */
public record Nexus(String initiatorPort, String targetPort) {}
