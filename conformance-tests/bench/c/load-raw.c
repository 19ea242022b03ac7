/*
 * A lean load generator: its own iSCSI, batched sends and receives, about 1 us of cpu for a 4 KiB command, so that the
 * target is measured and not the client. Data that comes is counted and thrown away, and its digests are not checked.
 */
#include "raw.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define RECEIVED (1u << 20)
#define SENT_AT_ONCE 1000

/* One of the commands that a session has in flight: its tag is its number. */
struct slot {
	uint64_t submitted;
	unsigned char (*headers)[HEADER + DIGEST];
	uint32_t *digests;
	int pdus;
};

struct session {
	struct session_state state;
	int number, lun;
	struct slot *slots;
	int *waiting, waits;                     /* slots that the command window keeps back */
	struct iovec *out;
	int out_first, out_end, out_capacity;
	unsigned char header[HEADER + DIGEST];   /* the PDU that is being received: header, then data to skip */
	uint32_t have, skip, tag;
	bool last, bad;                          /* it ends its command, with an error */
	uint64_t next;
};

static struct load load;
static struct meter meter;
static unsigned char *data, *received;
static uint32_t block_length;
static uint64_t places;
static int busy;              /* slots that have not seen the end of what is to be done once */

static void queue(struct session *session, void *bytes, size_t length)
{
	if (session->out_end == session->out_capacity) {
		session->out_capacity *= 2;
		session->out = realloc(session->out, (size_t)session->out_capacity * sizeof *session->out);
	}
	session->out[session->out_end++] = (struct iovec){ bytes, length };
}

/* Queues a PDU of a slot: the header that stands in headers[pdus], and a part of the data. */
static void queue_pdu(struct session *session, struct slot *slot, uint32_t offset, uint32_t length)
{
	unsigned char *header = slot->headers[slot->pdus];
	uint32_t digest;

	put24(header + 5, length);
	put32(header + 28, session->state.exp_stat_sn);
	if (session->state.header_digest) {
		digest = crc32c(header, HEADER);
		memcpy(header + HEADER, &digest, DIGEST);
	}
	queue(session, header, HEADER + (session->state.header_digest ? DIGEST : 0));
	if (length)
		queue(session, data + offset, length);
	if (length && session->state.data_digest) {
		slot->digests[slot->pdus] = crc32c(data + offset, length);
		queue(session, &slot->digests[slot->pdus], DIGEST);
	}
	slot->pdus++;
}

static void data_out(struct session *session, uint32_t tag, uint32_t transfer_tag, uint32_t offset, uint32_t length)
{
	struct slot *slot = &session->slots[tag];

	for (uint32_t number = 0; length; number++) {
		uint32_t part = length < session->state.segment ? length : session->state.segment;
		unsigned char *header = slot->headers[slot->pdus];

		memset(header, 0, HEADER);
		header[0] = DATA_OUT;
		header[1] = part == length ? 0x80 : 0;
		header[9] = (unsigned char)session->lun;
		put32(header + 16, tag);
		put32(header + 20, transfer_tag);
		put32(header + 36, number);
		put32(header + 40, offset);
		queue_pdu(session, slot, offset, part);
		offset += part;
		length -= part;
	}
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void put_cdb(unsigned char *cdb, uint32_t lba)
{
	static const unsigned char opcodes[] = { 0x28, 0x2a, 0x9c };

	cdb[0] = opcodes[load.operation];
	cdb[1] = load.fua ? 8 : 0;
	if (load.operation == ATOMIC) {
		put32(cdb + 6, lba);
		put24(cdb + 11, load.block / block_length);
	} else {
		put32(cdb + 2, lba);
		put24(cdb + 6, load.block / block_length);
	}
}

static uint64_t place(struct session *session)
{
	uint64_t stripe = places / (uint64_t)load.sessions;

	if (!load.sequential || stripe == 0)
		return random_below(places);
	return stripe * (uint64_t)session->number + session->next++ % stripe;
}

static void command(struct session *session, uint32_t tag)
{
	const struct session_state *state = &session->state;
	struct slot *slot = &session->slots[tag];
	unsigned char *header = slot->headers[0];
	uint32_t first = smaller(state->first_burst, load.block), immediate = 0, unsolicited = 0;

	if (load.operation != READ) {
		immediate = state->immediate_data ? smaller(first, state->segment) : 0;
		unsolicited = state->initial_r2t ? 0 : first - immediate;
	}
	memset(header, 0, HEADER);
	header[0] = SCSI_COMMAND;
	header[1] = (unsigned char)((load.operation == READ ? 0x40 : 0x20) | (unsolicited ? 0 : 0x80) | 1);
	header[9] = (unsigned char)session->lun;
	put32(header + 16, tag);
	put32(header + 20, load.block);
	put32(header + 24, session->state.cmd_sn++);
	put_cdb(header + 32, (uint32_t)(place(session) * (load.block / block_length)));
	slot->pdus = 0;
	queue_pdu(session, slot, 0, immediate);
	if (unsolicited)
		data_out(session, tag, NO_TAG, immediate, unsolicited);
}

/* Submits a slot's next command, or keeps it back until the window has room; the wait counts as latency. */
static void submit(struct session *session, uint32_t tag, bool again)
{
	if (!again)
		session->slots[tag].submitted = now();
	if ((int32_t)(session->state.max_cmd_sn - session->state.cmd_sn) < 0)
		session->waiting[session->waits++] = (int)tag;
	else
		command(session, tag);
}

static void submit_waiting(struct session *session)
{
	int count = session->waits, tags[count + 1];

	memcpy(tags, session->waiting, (size_t)count * sizeof *tags);
	session->waits = 0;
	for (int i = 0; i < count; i++)
		submit(session, (uint32_t)tags[i], true);
}

static void flush(struct session *session)
{
	while (session->out_first < session->out_end) {
		struct iovec *first = &session->out[session->out_first];
		size_t count = (size_t)(session->out_end - session->out_first);
		struct msghdr message = { .msg_iov = first, .msg_iovlen = count < SENT_AT_ONCE ? count : SENT_AT_ONCE };
		ssize_t sent = sendmsg(session->state.fd, &message, MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN)
			return;
		if (sent < 0)
			fail("send: %s", strerror(errno));
		for (; sent > 0 && (size_t)sent >= first->iov_len; first++, session->out_first++)
			sent -= (ssize_t)first->iov_len;
		if (sent > 0) {
			first->iov_base = (char *)first->iov_base + sent;
			first->iov_len -= (size_t)sent;
		}
	}
	session->out_first = session->out_end = 0;
}

/* A header is complete: notes what its PDU ends, and how many bytes follow. */
static void header(struct session *session)
{
	const unsigned char *bytes = session->header;
	struct session_state *state = &session->state;
	uint32_t length = get24(bytes + 5);
	int opcode = bytes[0] & 0x3f;

	session->skip = padded(length) + bytes[4] * 4u + (length && state->data_digest ? DIGEST : 0);
	session->tag = get32(bytes + 16);
	if ((int32_t)(get32(bytes + 32) - state->max_cmd_sn) > 0)
		state->max_cmd_sn = get32(bytes + 32);
	session->last = opcode == SCSI_RESPONSE || (opcode == DATA_IN && bytes[1] & 1);
	if (session->last) {
		state->exp_stat_sn = get32(bytes + 24) + 1;
		session->bad = bytes[3] != 0;
	} else if (opcode == R2T) {
		data_out(session, session->tag, get32(bytes + 20), get32(bytes + 40), get32(bytes + 44));
	} else if (opcode == REJECT) {
		fail("the target rejected a PDU for reason %02x", bytes[2]);
	}
}

static void ended(struct session *session, uint64_t time)
{
	if (session->bad)
		meter_error(&meter, "status %02x", session->header[3]);
	else
		meter_add(&meter, session->number, session->slots[session->tag].submitted, time);
	if (load.once && session->next >= places)
		busy--;
	else
		submit(session, session->tag, false);
}

static void parse(struct session *session, uint32_t length)
{
	uint32_t whole = HEADER + (session->state.header_digest ? DIGEST : 0);
	const unsigned char *at = received, *end = received + length;
	uint64_t time = now();

	while (at < end) {
		if (session->have < whole) {
			uint32_t part = smaller(whole - session->have, (uint32_t)(end - at));

			memcpy(session->header + session->have, at, part);
			session->have += part;
			at += part;
			if (session->have < whole)
				return;
			header(session);
		}
		uint32_t part = smaller(session->skip, (uint32_t)(end - at));

		session->skip -= part;
		at += part;
		if (session->skip)
			return;
		session->have = 0;
		if (session->last)
			ended(session, time);
	}
}

static void serve(struct session *session)
{
	ssize_t length;

	flush(session);
	while ((length = recv(session->state.fd, received, RECEIVED, 0)) > 0) {
		if (session->out_first == session->out_end)
			session->out_first = session->out_end = 0;
		parse(session, (uint32_t)length);
		submit_waiting(session);
		flush(session);
		if (length < (ssize_t)RECEIVED)
			return;
	}
	if (length == 0 || errno != EAGAIN)
		fail("receive: %s", length ? strerror(errno) : "the target closed the connection");
}

static void measure_unit(struct session *session)
{
	unsigned char test_unit_ready[16] = { 0 }, read_capacity[16] = { 0x25 }, capacity[8] = { 0 };
	uint64_t bytes;

	for (int i = 0; i < 3 && raw_command(&session->state, session->lun, test_unit_ready, NULL, 0); i++)
		;
	if (raw_command(&session->state, session->lun, read_capacity, capacity, sizeof capacity))
		fail("READ CAPACITY(10) failed");
	block_length = get32(capacity + 4);
	bytes = ((uint64_t)get32(capacity) + 1) * block_length;
	places = (load.span && load.span < bytes ? load.span : bytes) / load.block;
	if (!block_length || load.block % block_length || !places)
		fail("%u bytes are no blocks of %u, or the unit is too small", load.block, block_length);
}

static void start(struct session *session, int number)
{
	uint32_t pdus;

	*session = (struct session){ .number = number, .lun = load.lun + number % load.units, .out_capacity = 1024 };
	raw_login(&session->state, &load, number);
	measure_unit(session);
	fcntl(session->state.fd, F_SETFL, O_NONBLOCK);
	session->out = malloc((size_t)session->out_capacity * sizeof *session->out);
	session->slots = calloc((size_t)load.depth, sizeof *session->slots);
	session->waiting = calloc((size_t)load.depth, sizeof *session->waiting);
	pdus = load.block / smaller(session->state.segment, 8192) + 8;
	for (int i = 0; i < load.depth; i++) {
		session->slots[i].headers = calloc(pdus, sizeof *session->slots[i].headers);
		session->slots[i].digests = calloc(pdus, sizeof *session->slots[i].digests);
	}
}

int main(int count, char **arguments)
{
	struct session *sessions;
	struct pollfd *polls;

	load_arguments(&load, count, arguments);
	data = aligned_alloc(4096, (load.block + 4095) & ~4095u);
	received = aligned_alloc(4096, RECEIVED);
	for (uint32_t i = 0; i < load.block; i++)
		data[i] = (unsigned char)random_below(256);
	sessions = calloc((size_t)load.sessions, sizeof *sessions);
	polls = calloc((size_t)load.sessions, sizeof *polls);
	for (int i = 0; i < load.sessions; i++)
		start(&sessions[i], i);
	meter_start(&meter, &load);
	busy = load.sessions * load.depth;
	for (int i = 0; i < load.sessions; i++) {
		for (int q = 0; q < load.depth; q++)
			submit(&sessions[i], (uint32_t)q, false);
		flush(&sessions[i]);
		polls[i].fd = sessions[i].state.fd;
	}
	while (busy && meter_goes_on(&meter, now())) {
		for (int i = 0; i < load.sessions; i++)
			polls[i].events = (short)(POLLIN | (sessions[i].out_first < sessions[i].out_end ? POLLOUT : 0));
		if (poll(polls, (nfds_t)load.sessions, 100) < 0 && errno != EINTR)
			fail("poll: %s", strerror(errno));
		for (int i = 0; i < load.sessions; i++)
			if (polls[i].revents)
				serve(&sessions[i]);
	}
	meter_goes_on(&meter, UINT64_MAX);
	return meter_report(&meter, "raw");
}
