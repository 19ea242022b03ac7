/*
 * A minimal iSCSI target: one thread, epoll, one file, inline pread and pwrite. It checks nothing, keeps no order, knows no
 * task management and no digests: it is no target to use, but the floor that a real one is measured against.
 *
 * Usage: minitarget PORT FILE BYTES. Serves LUN 0 with blocks of 512 bytes on loopback.
 */
#define _GNU_SOURCE
#include "raw.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCK 512u
#define RECEIVED (256u << 10)
#define FLUSHED (1u << 20)
#define TASKS 65536u
#define BURST (1u << 20)

/* A write that waits for data; found by the low bits of its tag. */
struct task {
	uint64_t at;                 /* where in the file it goes */
	uint32_t length, received, r2ts;
};

struct connection {
	int fd;
	uint32_t segment, burst, stat_sn, cmd_sn;
	unsigned char header[HEADER];
	uint32_t have, segment_left, padding_left;
	uint64_t at;                 /* where in the file the segment at hand goes */
	unsigned char text[16384];   /* a login's segment */
	uint32_t text_length;
	unsigned char *out;
	size_t out_length, out_capacity;
	struct task tasks[TASKS];
};

static int file;
static uint64_t bytes;

static unsigned char *append(struct connection *c, size_t length)
{
	if (c->out_length + length > c->out_capacity) {
		c->out_capacity = (c->out_length + length) * 2;
		c->out = realloc(c->out, c->out_capacity);
	}
	c->out_length += length;
	return c->out + c->out_length - length;
}

static int flush(struct connection *c)
{
	struct pollfd writable = { .fd = c->fd, .events = POLLOUT };

	for (size_t sent = 0; sent < c->out_length;) {
		ssize_t n = send(c->fd, c->out + sent, c->out_length - sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			poll(&writable, 1, 1000);
		else if (n <= 0)
			return -1;
		else
			sent += (size_t)n;
	}
	c->out_length = 0;
	return 0;
}

static unsigned char *answer(struct connection *c, int opcode, int flags, uint32_t length)
{
	unsigned char *header = append(c, HEADER + padded(length));

	memset(header, 0, HEADER);
	memset(header + HEADER + length, 0, padded(length) - length);
	header[0] = (unsigned char)opcode;
	header[1] = (unsigned char)(0x80 | flags);
	put24(header + 5, length);
	memcpy(header + 16, c->header + 16, 4);
	put32(header + 20, NO_TAG);
	put32(header + 24, c->stat_sn);
	put32(header + 28, c->cmd_sn);
	put32(header + 32, c->cmd_sn + 4095);
	return header;
}

static void status(struct connection *c)
{
	put32(answer(c, SCSI_RESPONSE, 0, 0) + 20, 0);
	c->stat_sn++;
}

static void data_in(struct connection *c, const void *data, uint32_t length)
{
	memcpy(answer(c, DATA_IN, 1, length) + HEADER, data, length);
	c->stat_sn++;
}

static void read_blocks(struct connection *c, uint64_t at, uint32_t length)
{
	for (uint32_t offset = 0, number = 0; offset < length; number++) {
		uint32_t left = length - offset, part = left < c->segment ? left : c->segment;
		unsigned char *header = answer(c, DATA_IN, part == left ? 1 : 0, part);

		if (part < left)
			header[1] = (offset + part) % c->burst ? 0 : 0x80;
		put32(header + 36, number);
		put32(header + 40, offset);
		if (pread(file, header + HEADER, part, (off_t)(at + offset)) != (ssize_t)part)
			header[3] = 2;
		offset += part;
		if (c->out_length >= FLUSHED)
			flush(c);
	}
	c->stat_sn++;
}

/* Asks for the next burst, or answers if everything has come. */
static void go_on(struct connection *c, struct task *task)
{
	uint32_t left = task->length - task->received;
	unsigned char *header;

	if (!left) {
		status(c);
		return;
	}
	header = answer(c, R2T, 0, 0);
	memcpy(header + 20, c->header + 16, 4);
	put32(header + 36, task->r2ts++);
	put32(header + 40, task->received);
	put32(header + 44, left < c->burst ? left : c->burst);
}

static void other(struct connection *c, const unsigned char *cdb)
{
	unsigned char data[36] = { 0 };

	switch (cdb[0]) {
	case 0x12:
		data[2] = 6;
		data[4] = 31;
		data_in(c, data, 36);
		break;
	case 0x25:
		put32(data, (uint32_t)(bytes / BLOCK - 1));
		put32(data + 4, BLOCK);
		data_in(c, data, 8);
		break;
	case 0x9e:
		put32(data + 4, (uint32_t)(bytes / BLOCK - 1));
		put32(data + 8, BLOCK);
		data_in(c, data, 32);
		break;
	case 0xa0:
		put32(data, 8);
		data_in(c, data, 16);
		break;
	default:
		status(c);
	}
}

static void command(struct connection *c)
{
	const unsigned char *cdb = c->header + 32;
	uint64_t at = (uint64_t)get32(cdb + (cdb[0] >= 0x80 ? 6 : 2)) * BLOCK;
	struct task *task = &c->tasks[get32(c->header + 16) % TASKS];

	c->cmd_sn++;
	switch (cdb[0]) {
	case 0x28:
	case 0x88:
		read_blocks(c, at, get32(c->header + 20));
		break;
	case 0x2a:
	case 0x8a:
	case 0x9c:
		*task = (struct task){ .at = at, .length = get32(c->header + 20) };
		c->at = at;
		break;
	default:
		other(c, cdb);
	}
}

static bool is_write(const struct connection *c)
{
	int cdb = c->header[32];

	return (c->header[0] & 0x3f) == SCSI_COMMAND && (cdb == 0x2a || cdb == 0x8a || cdb == 0x9c);
}

static void login(struct connection *c)
{
	static const char keys[] =
		"TargetPortalGroupTag=1\0HeaderDigest=None\0DataDigest=None\0InitialR2T=No\0ImmediateData=Yes\0"
		"MaxRecvDataSegmentLength=1048576\0MaxBurstLength=1048576\0FirstBurstLength=1048576\0MaxOutstandingR2T=1\0"
		"DefaultTime2Wait=2\0DefaultTime2Retain=0\0ErrorRecoveryLevel=0\0DataPDUInOrder=Yes\0DataSequenceInOrder=Yes\0"
		"MaxConnections=1";
	unsigned char *header;

	c->text[c->text_length] = 0;
	for (const char *at = (char *)c->text; at < (char *)c->text + c->text_length; at += strlen(at) + 1) {
		sscanf(at, "MaxRecvDataSegmentLength=%u", &c->segment);
		sscanf(at, "MaxBurstLength=%u", &c->burst);
	}
	c->burst = c->burst < BURST ? c->burst : BURST;
	header = answer(c, LOGIN_RESPONSE, c->header[1] & 0x8f, sizeof keys);
	header[1] = c->header[1];
	memcpy(header + 8, c->header + 8, 8);
	header[15] = 1;
	put32(header + 20, 0);
	memcpy(header + HEADER, keys, sizeof keys);
	c->stat_sn++;
}

/* A header is complete. */
static void begin(struct connection *c)
{
	struct task *task = &c->tasks[get32(c->header + 16) % TASKS];

	c->segment_left = get24(c->header + 5);
	c->padding_left = padded(c->segment_left) - c->segment_left;
	c->text_length = 0;
	switch (c->header[0] & 0x3f) {
	case SCSI_COMMAND:
		command(c);
		break;
	case DATA_OUT:
		c->at = task->at + get32(c->header + 40);
		break;
	}
}

/* A PDU has come whole. */
static int end(struct connection *c)
{
	struct task *task = &c->tasks[get32(c->header + 16) % TASKS];
	bool final = c->header[1] & 0x80;

	switch (c->header[0] & 0x3f) {
	case SCSI_COMMAND:
	case DATA_OUT:
		if ((is_write(c) || (c->header[0] & 0x3f) == DATA_OUT)) {
			task->received += get24(c->header + 5);
			if (final)
				go_on(c, task);
		}
		return 0;
	case LOGIN_REQUEST:
		if (!c->cmd_sn)
			c->cmd_sn = get32(c->header + 24);
		login(c);
		return 0;
	case 0x00:
		answer(c, NOP_IN, 0, 0);
		c->stat_sn++;
		return 0;
	default:
		return -1;
	}
}

static int segment(struct connection *c, const unsigned char *data, uint32_t length)
{
	int opcode = c->header[0] & 0x3f;

	if (opcode == SCSI_COMMAND || opcode == DATA_OUT) {
		c->at += length;
		return pwrite(file, data, length, (off_t)(c->at - length)) == (ssize_t)length ? 0 : -1;
	}
	if (c->text_length + length >= sizeof c->text)
		return -1;
	memcpy(c->text + c->text_length, data, length);
	c->text_length += length;
	return 0;
}

static uint32_t take(uint32_t *left, uint32_t there)
{
	uint32_t part = *left < there ? *left : there;

	*left -= part;
	return part;
}

static int parse(struct connection *c, const unsigned char *at, const unsigned char *stop)
{
	while (at < stop) {
		uint32_t part;

		if (c->have < HEADER) {
			part = (uint32_t)(stop - at) < HEADER - c->have ? (uint32_t)(stop - at) : HEADER - c->have;
			memcpy(c->header + c->have, at, part);
			c->have += part;
			at += part;
			if (c->have < HEADER)
				return 0;
			begin(c);
		}
		part = take(&c->segment_left, (uint32_t)(stop - at));
		if (part && segment(c, at, part))
			return -1;
		at += part;
		at += take(&c->padding_left, (uint32_t)(stop - at));
		if (c->segment_left || c->padding_left)
			return 0;
		c->have = 0;
		if (end(c))
			return -1;
	}
	return 0;
}

static int serve(struct connection *c)
{
	static unsigned char received[RECEIVED];
	ssize_t length = recv(c->fd, received, RECEIVED, 0);

	if (length < 0 && errno == EAGAIN)
		return 0;
	return length <= 0 || parse(c, received, received + length) || flush(c) ? -1 : 0;
}

static void admit(int listener, int epoll)
{
	struct connection *c = calloc(1, sizeof *c);
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	c->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	c->segment = 8192;
	c->burst = 262144;
	c->stat_sn = 1;
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
}

int main(int count, char **arguments)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct epoll_event event = { .events = EPOLLIN }, events[64];
	int listener = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0), on = 1;

	if (count != 4)
		return fputs("usage: minitarget PORT FILE BYTES\n", stderr), 2;
	address.sin_port = htons((uint16_t)atoi(arguments[1]));
	file = open(arguments[2], O_RDWR | O_CREAT, 0600);
	bytes = strtoull(arguments[3], NULL, 10);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (file < 0 || ftruncate(file, (off_t)bytes) || bind(listener, (struct sockaddr *)&address, sizeof address) ||
	    listen(listener, 16))
		return perror("minitarget"), 1;
	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
	for (;;) {
		int ready = epoll_wait(epoll, events, 64, -1);

		for (int i = 0; i < ready; i++) {
			struct connection *c = events[i].data.ptr;

			if (!c) {
				admit(listener, epoll);
			} else if (serve(c)) {
				close(c->fd);
				free(c->out);
				free(c);
			}
		}
	}
}
