/*
 * What the two load generators share: what to do, for how long, and how it went.
 *
 * A session is one iSCSI session with one connection; the queue depth is that of each session. Commands go to random
 * multiples of the block size. One thread drives all sessions, so what a client costs is what one core can do with it.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum operation { READ, WRITE, ATOMIC };

struct load {
	const char *url;          /* iscsi://host:port/target/lun */
	char host[64];
	char target[256];
	int port, lun;
	enum operation operation;
	uint32_t block;           /* bytes of one command */
	int depth, sessions;
	int units;                /* session i uses unit lun + i % units */
	double seconds, warm_up;
	uint64_t span;            /* bytes of the unit to use, 0: all */
	bool sequential, once, fua, digests, fair;
	pid_t pid;                /* the target, 0: not known */
};

/* Says how to call a client, or fills in what its arguments say. */
void load_arguments(struct load *load, int count, char **arguments);

/*
 * A log-linear histogram of nanoseconds: 64 buckets an octave, so a bucket is about 1.6 % wide.
 */
#define BUCKETS_PER_OCTAVE 64u
#define BUCKETS (59 * BUCKETS_PER_OCTAVE)

/*
 * What is measured: everything that ends between warm-up and end.
 *
 *   start ── warm-up ──► open ── seconds ──► closed
 */
struct meter {
	const struct load *load;
	uint64_t opens, closes;   /* on the monotonic clock, ns */
	bool open;
	uint64_t commands, errors, longest;
	uint64_t histogram[BUCKETS];
	uint64_t *of_session;     /* commands of each session */
	char first_error[200];
	struct rusage client[2];  /* when the meter opened, and when it closed */
	double target[2];         /* the same of the target: seconds of cpu */
};

uint64_t now(void);

void meter_start(struct meter *meter, const struct load *load);

/* Opens and closes the window when it is time; false once the measurement is over. */
bool meter_goes_on(struct meter *meter, uint64_t time);

/* A command of a session, submitted at a time, ended well at another. */
void meter_add(struct meter *meter, int session, uint64_t from, uint64_t to);

void meter_error(struct meter *meter, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints the one line of JSON, and gives the exit status: 0, or 2 if commands failed. */
int meter_report(struct meter *meter, const char *client);

/* Prints why nothing could be measured, as JSON, and ends with status 1. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* A block number below a bound, seeded alike in every run. */
uint64_t random_below(uint64_t bound);

#endif
