/*
 * promises: keeps account of what fsync promised, and looks whether it was kept. The account (numbers, a line each) lies
 * outside of the disk under test.
 *
 *   promises make FOLDER ACCOUNT FIRST   works in FOLDER until something fails, and adds each number that fsync answered for
 *                                        to ACCOUNT; the first is FIRST, which is above all that were there before
 *   promises keep FOLDER ACCOUNT         looks whether all that ACCOUNT says is in FOLDER; prints what is not
 *
 * By its number, an operation is one of three:
 *
 *   3n      appends a record to the file "log", fdatasync
 *   3n + 1  makes a file of its own, fsync of it and of FOLDER
 *   3n + 2  puts a new file in place of the file "newest", by rename
 *
 * Exit code: 0 done, or all was kept; 1 something was not; 2 wrong use or a broken machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST 40000
#define RECORD 3000

static void die(const char *what) {
    fprintf(stderr, "promises: %s: %s\n", what, strerror(errno));
    exit(2);
}

static size_t length_of(unsigned number) {
    return 16 + number * 2654435761U % (MOST - 16);
}

/* Tells the number and, in every eighth byte, the place. */
static void fill(unsigned char *data, size_t length, unsigned number) {
    for (size_t i = 0; i < length; i++)
        data[i] = (number >> (i % 4 * 8)) ^ (i >> 3);
}

/* Creates a file that holds a number; 0 if all of that was promised to last. */
static int create(const char *name, unsigned number) {
    unsigned char data[MOST];
    size_t length = length_of(number);
    fill(data, length, number);
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0)
        return -1;
    int bad = write(fd, data, length) != (ssize_t)length || fsync(fd);
    return close(fd) || bad ? -1 : 0;
}

/* The number that a file holds whole, or 0. */
static unsigned held_by(const char *name) {
    unsigned char data[MOST], expected[MOST];
    int fd = open(name, O_RDONLY);
    if (fd < 0)
        return 0;
    ssize_t length = read(fd, data, sizeof data);
    close(fd);
    if (length < 16)
        return 0;
    unsigned number = data[0] | data[1] << 8 | data[2] << 16 | (unsigned)data[3] << 24;
    fill(expected, length, number);
    return (size_t)length == length_of(number) && !memcmp(data, expected, length) ? number : 0;
}

/* The number of the log's nth record, or 0 if it is not whole. */
static unsigned record_at(int log, off_t n) {
    unsigned char data[RECORD], expected[RECORD];
    if (pread(log, data, RECORD, n * RECORD) != RECORD)
        return 0;
    unsigned number = data[0] | data[1] << 8 | data[2] << 16 | (unsigned)data[3] << 24;
    fill(expected, RECORD, number);
    return memcmp(data, expected, RECORD) ? 0 : number;
}

static int append(int log, off_t *records, unsigned number) {
    unsigned char data[RECORD];
    fill(data, RECORD, number);
    return pwrite(log, data, RECORD, (*records)++ * RECORD) != RECORD || fdatasync(log) ? -1 : 0;
}

static int make(FILE *account, unsigned number) {
    char name[32];
    off_t records = 0;
    int folder = open(".", O_RDONLY | O_DIRECTORY);
    int log = open("log", O_RDWR | O_CREAT, 0644);
    while (log >= 0 && record_at(log, records))
        records++;
    if (folder < 0 || log < 0 || ftruncate(log, records * RECORD) || fsync(log) || fsync(folder))
        return 0;
    for (;; number++) {
        int bad;
        snprintf(name, sizeof name, "file-%u", number);
        if (number % 3 == 0)
            bad = append(log, &records, number);
        else if (number % 3 == 1)
            bad = create(name, number) || fsync(folder);
        else
            bad = create("newest.new", number) || rename("newest.new", "newest") || fsync(folder);
        if (bad)
            return 0;
        fprintf(account, "%u\n", number);
        fflush(account);
    }
}

static int keep(FILE *account) {
    unsigned number, newest = 0, wanted = 0, broken = 0;
    char name[32];
    off_t at = 0;
    int log = open("log", O_RDONLY);
    while (fscanf(account, "%u", &number) == 1) {
        int kept = 1;
        snprintf(name, sizeof name, "file-%u", number);
        if (number % 3 == 0) {
            unsigned found;
            do
                found = record_at(log, at++);
            while (found && found < number);
            kept = found == number;
            at -= !kept;
        } else if (number % 3 == 1) {
            kept = held_by(name) == number;
        } else {
            newest = number;
        }
        wanted++;
        if (!kept) {
            printf("broken: what fsync promised of %u is not there\n", number);
            broken = 1;
        }
    }
    if (newest > 0 && held_by("newest") < newest) {
        printf("broken: the newest is %u, and fsync promised %u\n", held_by("newest"), newest);
        broken = 1;
    }
    printf("%u promises\n", wanted);
    return broken;
}

int main(int argc, char **argv) {
    int makes = argc == 5 && !strcmp(argv[1], "make");
    if (!makes && !(argc == 4 && !strcmp(argv[1], "keep"))) {
        fprintf(stderr, "promises: wrong use\n");
        return 2;
    }
    FILE *account = fopen(argv[3], makes ? "a" : "r");
    if (!account || chdir(argv[2]))
        die(argv[2]);
    return makes ? make(account, atoi(argv[4])) : keep(account);
}
