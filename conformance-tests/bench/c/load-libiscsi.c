/*
 * A load generator on libiscsi, the library that most user space initiators use: what they have is what it measures.
 * libiscsi takes 6 to 11 us of cpu for a command, so it stops near 150,000 reads and 90,000 writes a second whatever
 * serves them; load-raw shows what is behind that.
 */
#include "load.h"

#include <errno.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct session {
	int number;
	struct iscsi_context *context;
	int in_flight;
	bool dead;
	uint64_t next;
};

/* One of the commands that a session has in flight. */
struct slot {
	struct session *session;
	uint64_t submitted;
	unsigned char *buffer;
	struct scsi_iovec vector;
};

static struct load load;
static struct meter meter;
static bool stopping;
static uint32_t block_length;
static uint64_t places;       /* how many places of load.block bytes there are */

static void submit(struct slot *slot);

static void done(struct iscsi_context *context, int status, void *data, void *private)
{
	struct slot *slot = private;
	struct session *session = slot->session;

	session->in_flight--;
	if (status == SCSI_STATUS_GOOD)
		meter_add(&meter, session->number, slot->submitted, now());
	else if (!stopping)
		meter_error(&meter, "status %d: %s", status, iscsi_get_error(context));
	if (status == SCSI_STATUS_CANCELLED || status == SCSI_STATUS_ERROR)
		session->dead = true;
	if (data)
		scsi_free_scsi_task(data);
	if (!stopping && !session->dead && meter.errors < 1000)
		submit(slot);
}

static uint64_t place(struct session *session)
{
	uint64_t stripe = places / (uint64_t)load.sessions;

	if (!load.sequential || stripe == 0)
		return random_below(places);
	return stripe * (uint64_t)session->number + session->next++ % stripe;
}

static void submit(struct slot *slot)
{
	struct session *session = slot->session;
	uint64_t lba = place(session) * (load.block / block_length);
	struct scsi_task *task;

	slot->vector = (struct scsi_iovec){ .iov_base = slot->buffer, .iov_len = load.block };
	slot->submitted = now();
	switch (load.operation) {
	case READ:
		task = iscsi_read10_iov_task(session->context, load.lun, (uint32_t)lba, load.block, (int)block_length, 0, 0,
		                             load.fua, 0, 0, done, slot, &slot->vector, 1);
		break;
	case WRITE:
		task = iscsi_write10_iov_task(session->context, load.lun, (uint32_t)lba, NULL, load.block, (int)block_length, 0, 0,
		                              load.fua, 0, 0, done, slot, &slot->vector, 1);
		break;
	default:
		task = iscsi_writeatomic16_iov_task(session->context, load.lun, lba, NULL, load.block, (int)block_length, 0, 0,
		                                    load.fua, 0, done, slot, &slot->vector, 1);
	}
	if (task) {
		session->in_flight++;
	} else {
		meter_error(&meter, "submit: %s", iscsi_get_error(session->context));
		session->dead = true;
	}
}

static struct iscsi_context *login(int number)
{
	struct iscsi_context *context = iscsi_create_context("iqn.2026-11.org.untorn.bench:libiscsi");
	struct iscsi_url *url = context ? iscsi_parse_full_url(context, load.url) : NULL;

	if (!url)
		fail("%s", context ? iscsi_get_error(context) : "no memory");
	iscsi_set_isid_random(context, (uint32_t)getpid() & 0xffffff, (uint32_t)number);
	iscsi_set_targetname(context, url->target);
	iscsi_set_session_type(context, ISCSI_SESSION_NORMAL);
	iscsi_set_header_digest(context, load.digests ? ISCSI_HEADER_DIGEST_CRC32C : ISCSI_HEADER_DIGEST_NONE);
	iscsi_set_immediate_data(context, ISCSI_IMMEDIATE_DATA_YES);
	iscsi_set_initial_r2t(context, ISCSI_INITIAL_R2T_NO);
	iscsi_set_noautoreconnect(context, 1);
	iscsi_set_timeout(context, 30);
	if (iscsi_full_connect_sync(context, url->portal, url->lun) != 0)
		fail("login: %s", iscsi_get_error(context));
	iscsi_destroy_url(url);
	return context;
}

static void measure_unit(struct iscsi_context *context)
{
	struct scsi_task *task = iscsi_readcapacity16_sync(context, load.lun);
	struct scsi_readcapacity16 *capacity =
		task && task->status == SCSI_STATUS_GOOD ? scsi_datain_unmarshall(task) : NULL;
	uint64_t bytes;

	if (!capacity)
		fail("READ CAPACITY(16): %s", iscsi_get_error(context));
	block_length = capacity->block_length;
	bytes = (capacity->returned_lba + 1) * block_length;
	places = (load.span && load.span < bytes ? load.span : bytes) / load.block;
	if (load.block % block_length || !places)
		fail("%u bytes are no blocks of %u, or the unit is too small", load.block, block_length);
	scsi_free_scsi_task(task);
}

static struct slot *slots_of(struct session *session)
{
	struct slot *slots = calloc((size_t)load.depth, sizeof *slots);

	for (int i = 0; i < load.depth; i++) {
		slots[i].session = session;
		slots[i].buffer = aligned_alloc(4096, (load.block + 4095) & ~4095u);
		for (uint32_t k = 0; k < load.block; k++)
			slots[i].buffer[k] = (unsigned char)random_below(256);
	}
	return slots;
}

/* Sends what waits to be sent, and says what to wait for; false if the session has nothing to do any more. */
static bool prepare(struct session *session, struct pollfd *poll)
{
	*poll = (struct pollfd){ .fd = -1 };
	if (session->dead || !session->in_flight)
		return false;
	if ((iscsi_which_events(session->context) & POLLOUT) && iscsi_service(session->context, POLLOUT) < 0) {
		session->dead = true;
		return false;
	}
	poll->fd = iscsi_get_fd(session->context);
	poll->events = (short)iscsi_which_events(session->context);
	return true;
}

static void drive(struct session *sessions, struct pollfd *polls)
{
	uint64_t drained = 0;

	for (;;) {
		bool alive = false;

		for (int i = 0; i < load.sessions; i++)
			alive |= prepare(&sessions[i], &polls[i]);
		if (!alive || (stopping && now() > drained))
			return;
		if (poll(polls, (nfds_t)load.sessions, 100) < 0 && errno != EINTR)
			fail("poll failed");
		for (int i = 0; i < load.sessions; i++)
			if (polls[i].fd >= 0 && polls[i].revents && iscsi_service(sessions[i].context, polls[i].revents) < 0) {
				meter_error(&meter, "%s", iscsi_get_error(sessions[i].context));
				sessions[i].dead = true;
			}
		if (!stopping && !meter_goes_on(&meter, now())) {
			stopping = true;
			drained = now() + 3000000000u;
		}
	}
}

int main(int count, char **arguments)
{
	struct session *sessions;
	struct slot **slots;
	struct pollfd *polls;
	int status;

	load_arguments(&load, count, arguments);
	signal(SIGPIPE, SIG_IGN);
	sessions = calloc((size_t)load.sessions, sizeof *sessions);
	polls = calloc((size_t)load.sessions, sizeof *polls);
	for (int i = 0; i < load.sessions; i++)
		sessions[i] = (struct session){ .number = i, .context = login(i) };
	measure_unit(sessions[0].context);
	slots = calloc((size_t)load.sessions, sizeof *slots);
	for (int i = 0; i < load.sessions; i++)
		slots[i] = slots_of(&sessions[i]);
	meter_start(&meter, &load);
	for (int i = 0; i < load.sessions; i++)
		for (int q = 0; q < load.depth; q++)
			submit(&slots[i][q]);
	drive(sessions, polls);
	status = meter_report(&meter, "libiscsi");
	for (int i = 0; i < load.sessions; i++)
		if (!sessions[i].dead && !sessions[i].in_flight)
			iscsi_logout_sync(sessions[i].context);
	return status;
}
