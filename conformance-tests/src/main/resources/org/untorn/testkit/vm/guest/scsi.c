/*
 * scsi DEVICE: sends the commands of standard input to a SCSI generic device, one per line, and prints how each ended.
 *
 *   CDB-HEX [none | in N | out N] [# comment]      N: the bytes of the data buffer; data-out is a pattern
 *
 * Prints "CDB-HEX direction N: status=SS [sense=K/ASC/ASCQ] [sks=XXXXXX] [info=XXXXXXXX] [resid=N] [data=HEX, first 64]";
 * sense in fixed or descriptor format reads the same.
 */
#define _GNU_SOURCE
#include "atomic-tool.h"

#include <fcntl.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define SHOWN 64

static int parse_hex(const char *hex, unsigned char *bytes, int limit) {
    int n = 0;
    for (; hex[0] && hex[1] && n < limit; hex += 2) {
        char pair[3] = {hex[0], hex[1], 0};
        bytes[n++] = strtoul(pair, NULL, 16);
    }
    return n;
}

static void print_sense(const unsigned char *sense, int length) {
    int descriptor = (sense[0] & 0x7f) >= 0x72;
    if (length < 8)
        return;
    if (!descriptor) {
        printf(" sense=%x/%02x/%02x", sense[2] & 15, sense[12], sense[13]);
        if (sense[15] & 0x80)
            printf(" sks=%02x%02x%02x", sense[15], sense[16], sense[17]);
        if (sense[0] & 0x80)
            printf(" info=%02x%02x%02x%02x", sense[3], sense[4], sense[5], sense[6]);
        return;
    }
    printf(" sense=%x/%02x/%02x", sense[1] & 15, sense[2], sense[3]);
    for (const unsigned char *d = sense + 8; d + 2 <= sense + length && d[1]; d += d[1] + 2)
        if (d[0] == 2 && d[4] & 0x80)
            printf(" sks=%02x%02x%02x", d[4], d[5], d[6]);
}

static void send_command(int fd, const char *hex, const char *direction, unsigned length) {
    unsigned char cdb[32], sense[96] = {0};
    unsigned char *data = aligned(length);
    for (unsigned i = 0; i < length; i++)
        data[i] = strcmp(direction, "in") ? i * 7 + i / 512 : 0;
    struct sg_io_hdr io = {.interface_id = 'S', .cmd_len = parse_hex(hex, cdb, sizeof cdb), .mx_sb_len = sizeof sense,
                           .dxfer_len = length, .dxferp = data, .cmdp = cdb, .sbp = sense, .timeout = 60000};
    io.dxfer_direction = !strcmp(direction, "in") ? SG_DXFER_FROM_DEV : !strcmp(direction, "out") ? SG_DXFER_TO_DEV : SG_DXFER_NONE;
    if (ioctl(fd, SG_IO, &io))
        fail("SG_IO");
    printf("%s %s %u: status=%02x", hex, direction, length, io.status);
    if (io.host_status)
        printf(" host=%02x", io.host_status);
    print_sense(sense, io.sb_len_wr);
    if (io.resid)
        printf(" resid=%d", io.resid);
    if (!strcmp(direction, "in") && !io.status) {
        printf(" data=");
        for (unsigned i = 0; i < SHOWN && (int)i < (int)length - io.resid; i++)
            printf("%02x", data[i]);
    }
    printf("\n");
    free(data);
}

int command_scsi(const char *path) {
    char line[512], hex[80], direction[8];
    int fd = open(path, O_RDWR);
    if (fd < 0)
        fail(path);
    while (fgets(line, sizeof line, stdin)) {
        unsigned length = 0;
        if (sscanf(line, "%79[0-9a-f] %7s %u", hex, direction, &length) >= 2)
            send_command(fd, hex, direction, length);
        else
            fputs(line, stdout); /* a comment: part of the transcript */
    }
    return 0;
}
