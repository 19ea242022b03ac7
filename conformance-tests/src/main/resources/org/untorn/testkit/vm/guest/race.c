/*
 * race WRITER-PATH READER-PATH atomic|plain UNIT SLOTS SECONDS: does a reader ever see half of a write?
 *
 * One thread writes units of UNIT bytes through WRITER-PATH, round robin over SLOTS places, each 512-byte block of a unit
 * filled with the same number, which grows by one per write. Another reads whole units through READER-PATH (another
 * session's disk, as a rule). A unit that holds two numbers is half of a write: torn. Both use O_DIRECT.
 *
 * Prints "race HOW unit=U: N writes, N reads, N fresh, N torn" where a read is fresh if it saw another number than the
 * last read of its slot: without fresh reads the race proves nothing.
 */
#define _GNU_SOURCE
#include "atomic-tool.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 512
#define MAX_SLOTS 64

static struct {
    int writer, reader, flags, slots;
    size_t unit;
    int stop;
    unsigned long writes, reads, fresh, torn;
} race;

static unsigned long long number_of(const unsigned char *block) {
    unsigned long long number;
    memcpy(&number, block, sizeof number);
    return number;
}

static void *write_units(void *unused) {
    unsigned char *data = aligned(race.unit);
    struct iovec iov = {data, race.unit};
    for (unsigned long long n = 1; !__atomic_load_n(&race.stop, __ATOMIC_RELAXED); n++) {
        for (size_t i = 0; i < race.unit; i += sizeof n)
            memcpy(data + i, &n, sizeof n);
        if (pwritev2(race.writer, &iov, 1, (off_t)(n % race.slots) * race.unit, race.flags) != (ssize_t)race.unit)
            fail("write");
        race.writes++;
    }
    return unused;
}

static void *read_units(void *unused) {
    unsigned char *data = aligned(race.unit);
    unsigned long long last[MAX_SLOTS] = {0};
    for (unsigned long n = 0; !__atomic_load_n(&race.stop, __ATOMIC_RELAXED); n++) {
        int slot = n % race.slots;
        if (pread(race.reader, data, race.unit, (off_t)slot * race.unit) != (ssize_t)race.unit)
            fail("read");
        unsigned long long first = number_of(data);
        int torn = 0;
        for (size_t i = BLOCK; i < race.unit; i += BLOCK)
            torn |= number_of(data + i) != first;
        race.torn += torn;
        race.fresh += first != last[slot];
        last[slot] = first;
        race.reads++;
    }
    return unused;
}

int command_race(char **arguments) {
    pthread_t writer, reader;
    race.writer = open(arguments[0], O_RDWR | O_DIRECT);
    race.reader = open(arguments[1], O_RDONLY | O_DIRECT);
    race.flags = strcmp(arguments[2], "atomic") ? 0 : RWF_ATOMIC_FLAG;
    race.unit = atoll(arguments[3]);
    race.slots = atoi(arguments[4]);
    if (race.writer < 0 || race.reader < 0)
        fail("open");
    if (race.slots < 1 || race.slots > MAX_SLOTS)
        fail("slots");
    unsigned char *zeros = aligned(race.unit);
    memset(zeros, 0, race.unit);
    for (int slot = 0; slot < race.slots; slot++)
        if (pwrite(race.writer, zeros, race.unit, (off_t)slot * race.unit) != (ssize_t)race.unit)
            fail("write");
    if (pthread_create(&writer, NULL, write_units, NULL) || pthread_create(&reader, NULL, read_units, NULL))
        fail("thread");
    sleep(atoi(arguments[5]));
    __atomic_store_n(&race.stop, 1, __ATOMIC_RELAXED);
    pthread_join(writer, NULL);
    pthread_join(reader, NULL);
    printf("race %s unit=%zu: %lu writes, %lu reads, %lu fresh, %lu torn\n", arguments[2], race.unit, race.writes,
           race.reads, race.fresh, race.torn);
    return 0;
}
