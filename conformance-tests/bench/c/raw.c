#include "raw.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nmmintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONGEST 16384

__attribute__((target("sse4.2"))) uint32_t crc32c(const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	uint64_t crc = 0xffffffff, word;

	for (; length >= 8; at += 8, length -= 8) {
		memcpy(&word, at, 8);
		crc = _mm_crc32_u64(crc, word);
	}
	while (length--)
		crc = _mm_crc32_u8((uint32_t)crc, *at++);
	return ~(uint32_t)crc;
}

static void send_all(int fd, const void *bytes, size_t length)
{
	for (ssize_t sent; length; bytes = (const char *)bytes + sent, length -= (size_t)sent)
		if ((sent = send(fd, bytes, length, MSG_NOSIGNAL)) <= 0)
			fail("send: %s", strerror(errno));
}

static void receive_all(int fd, void *bytes, size_t length)
{
	for (ssize_t got; length; bytes = (char *)bytes + got, length -= (size_t)got)
		if ((got = recv(fd, bytes, length, 0)) <= 0)
			fail("receive: %s", got ? strerror(errno) : "closed");
}

/* Receives a whole PDU of the login, or of a command that is alone; gives the length of its data. */
static uint32_t receive(struct session_state *state, unsigned char *header, unsigned char *data)
{
	unsigned char digest[DIGEST];
	uint32_t length;

	receive_all(state->fd, header, HEADER);
	if (state->header_digest)
		receive_all(state->fd, digest, DIGEST);
	length = get24(header + 5);
	if (padded(length) >= LONGEST)
		fail("a segment of %u bytes", length);
	receive_all(state->fd, data, padded(length));
	if (state->data_digest && length)
		receive_all(state->fd, digest, DIGEST);
	data[length] = 0;
	state->exp_stat_sn = get32(header + 24) + 1;
	state->max_cmd_sn = get32(header + 32);
	return length;
}

/* The value of a key, if it is among the pairs of a text. */
static const char *value(const char *text, uint32_t length, const char *key)
{
	size_t name = strlen(key);

	for (const char *at = text; at < text + length; at += strlen(at) + 1)
		if (strncmp(at, key, name) == 0 && at[name] == '=')
			return at + name + 1;
	return NULL;
}

static void number(const char *text, uint32_t length, const char *key, uint32_t *to)
{
	const char *found = value(text, length, key);

	if (found)
		*to = (uint32_t)strtoul(found, NULL, 0);
}

static void flag(const char *text, uint32_t length, const char *key, const char *set, bool *to)
{
	const char *found = value(text, length, key);

	if (found)
		*to = strcmp(found, set) == 0;
}

static void take(struct session_state *state, const char *text, uint32_t length)
{
	number(text, length, "MaxRecvDataSegmentLength", &state->segment);
	number(text, length, "FirstBurstLength", &state->first_burst);
	number(text, length, "MaxBurstLength", &state->max_burst);
	flag(text, length, "ImmediateData", "Yes", &state->immediate_data);
	flag(text, length, "InitialR2T", "Yes", &state->initial_r2t);
}

/* What we offer: one PDU with everything. */
static uint32_t offer(char *text, const struct load *load)
{
	const char *digest = load->digests ? "CRC32C" : "None";
	char pairs[1024];
	uint32_t length;

	length = (uint32_t)snprintf(pairs, sizeof pairs,
		"InitiatorName=iqn.2026-11.org.untorn.bench:raw\nTargetName=%s\nSessionType=Normal\n"
		"HeaderDigest=%s\nDataDigest=%s\nInitialR2T=No\nImmediateData=Yes\nMaxRecvDataSegmentLength=1048576\n"
		"MaxBurstLength=1048576\nFirstBurstLength=1048576\nMaxOutstandingR2T=1\nDefaultTime2Wait=2\n"
		"DefaultTime2Retain=0\nErrorRecoveryLevel=0\nDataPDUInOrder=Yes\nDataSequenceInOrder=Yes\n"
		"MaxConnections=1\n", load->target, digest, digest);
	for (uint32_t i = 0; i < length; i++)
		text[i] = pairs[i] == '\n' ? '\0' : pairs[i];
	memset(text + length, 0, 4);
	return length;
}

static void negotiate(struct session_state *state, const struct load *load, int number)
{
	unsigned char header[HEADER] = { 0x40 | LOGIN_REQUEST, 0x87 }, answer[HEADER], data[LONGEST];
	bool digests = false;
	char text[1024];
	uint32_t length = offer(text, load);

	header[8] = 0x80;                                  /* ISID: a random one (T is 10b), and the session's number */
	put24(header + 9, (uint32_t)getpid());
	header[12] = (unsigned char)(number >> 8);
	header[13] = (unsigned char)number;
	put32(header + 24, state->cmd_sn);
	for (int round = 0; round < 8; round++) {
		uint32_t taken;

		put24(header + 5, length);
		send_all(state->fd, header, HEADER);
		send_all(state->fd, text, padded(length));
		taken = receive(state, answer, data);
		if ((answer[0] & 0x3f) != LOGIN_RESPONSE || answer[36])
			fail("the login ended with %02x%02x", answer[36], answer[37]);
		take(state, (char *)data, taken);
		flag((char *)data, taken, "HeaderDigest", "CRC32C", &digests);
		if ((answer[1] & 0x83) == 0x83) {
			state->header_digest = state->data_digest = digests;
			return;
		}
		memcpy(header + 14, answer + 14, 2);
		put32(header + 28, state->exp_stat_sn);
		length = 0;
	}
	fail("the login does not end");
}

void raw_login(struct session_state *state, const struct load *load, int number)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)load->port) };
	int on = 1;

	*state = (struct session_state){ .cmd_sn = 1, .segment = 8192, .first_burst = 65536, .max_burst = 262144,
	                                 .immediate_data = true, .initial_r2t = true };
	if (inet_pton(AF_INET, load->host, &address.sin_addr) != 1)
		fail("%s is no IPv4 address", load->host);
	state->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(state->fd, (struct sockaddr *)&address, sizeof address))
		fail("connect: %s", strerror(errno));
	setsockopt(state->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	negotiate(state, load, number);
	if (load->digests && !state->header_digest)
		fail("the target takes no digests");
}

int raw_command(struct session_state *state, int lun, const unsigned char *cdb, unsigned char *in, uint32_t length)
{
	unsigned char header[HEADER + DIGEST] = { SCSI_COMMAND, (unsigned char)(length ? 0xc1 : 0x81) }, data[LONGEST];
	uint32_t digest;

	header[9] = (unsigned char)lun;
	put32(header + 16, NO_TAG - 1);
	put32(header + 20, length);
	put32(header + 24, state->cmd_sn++);
	put32(header + 28, state->exp_stat_sn);
	memcpy(header + 32, cdb, 16);
	digest = crc32c(header, HEADER);
	memcpy(header + HEADER, &digest, DIGEST);
	send_all(state->fd, header, HEADER + (state->header_digest ? DIGEST : 0));
	for (;;) {
		uint32_t got = receive(state, header, data);
		int opcode = header[0] & 0x3f;

		if (opcode == DATA_IN)
			memcpy(in, data, got < length ? got : length);
		if (opcode == SCSI_RESPONSE || (opcode == DATA_IN && header[1] & 1))
			return header[3];
	}
}
