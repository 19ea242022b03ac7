/*
 * The little iSCSI (RFC 7143) that the lean load generator speaks: one connection a session, no CHAP, no recovery.
 */
#ifndef RAW_H
#define RAW_H

#include "load.h"

#define HEADER 48
#define DIGEST 4
#define NO_TAG 0xffffffffu

enum opcode {
	SCSI_COMMAND = 0x01,
	LOGIN_REQUEST = 0x03,
	DATA_OUT = 0x05,
	NOP_IN = 0x20,
	SCSI_RESPONSE = 0x21,
	LOGIN_RESPONSE = 0x23,
	DATA_IN = 0x25,
	R2T = 0x31,
	REJECT = 0x3f,
};

/* What both sides agreed on, and where the numbers stand. */
struct session_state {
	int fd;
	uint32_t cmd_sn, max_cmd_sn, exp_stat_sn;
	uint32_t segment, first_burst, max_burst;
	bool immediate_data, initial_r2t, header_digest, data_digest;
};

static inline void put24(unsigned char *at, uint32_t value)
{
	at[0] = (unsigned char)(value >> 16);
	at[1] = (unsigned char)(value >> 8);
	at[2] = (unsigned char)value;
}

static inline void put32(unsigned char *at, uint32_t value)
{
	at[0] = (unsigned char)(value >> 24);
	put24(at + 1, value);
}

static inline uint32_t get24(const unsigned char *at)
{
	return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static inline uint32_t get32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | get24(at + 1);
}

static inline uint32_t padded(uint32_t length)
{
	return (length + 3) & ~3u;
}

/* The CRC32C of bytes, as it stands on the wire when it is stored least significant byte first. */
uint32_t crc32c(const void *bytes, size_t length);

/* Connects and logs in to the full feature phase. */
void raw_login(struct session_state *state, const struct load *load, int number);

/* Sends a command that has no data to send, and waits for its answer; gives its status. */
int raw_command(struct session_state *state, int lun, const unsigned char *cdb, unsigned char *in, uint32_t length);

#endif
