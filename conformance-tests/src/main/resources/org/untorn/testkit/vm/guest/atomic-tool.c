/*
 * atomic-tool: what the guest scripts need and no Debian package offers. Each sub-command prints one line per fact.
 *
 *   statx PATH                                   the atomic limits of a file or block device
 *   write METHOD FLAGS PATH OFFSET LENGTH SEED   one O_DIRECT write of the pattern of SEED; METHOD: pwritev2, libaio, uring;
 *                                                FLAGS: atomic, plain, atomic+2iov
 *   verify PATH OFFSET LENGTH SEED               reads back (O_DIRECT) and compares
 *   sweep PATH MIN MAX                           every power of two from MIN to MAX, by every method: write and verify
 *   race, scsi                                   see race.c and scsi.c
 *
 * Exit code: 0 done (also when a write was refused: the line says so), 1 the data differ, 2 wrong use or a broken machine.
 */
#define _GNU_SOURCE
#include "atomic-tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* struct statx of Linux 6.16, as far as we read it; older headers lack the last fields. */
struct statx_atomic {
    unsigned mask, blksize;
    unsigned long long attributes;
    unsigned char ids_and_times[128];
    unsigned long long mount_id;
    unsigned dio_mem_align, dio_offset_align;
    unsigned long long subvolume;
    unsigned atomic_unit_min, atomic_unit_max, atomic_segments_max, dio_read_offset_align, atomic_unit_max_opt;
    unsigned char spare[4 + 64];
};
_Static_assert(sizeof(struct statx_atomic) == 256, "struct statx is 256 bytes");

#define STATX_WRITE_ATOMIC_BIT 0x00010000U
#define STATX_ATTR_WRITE_ATOMIC_BIT 0x00400000ULL

void fail(const char *what) {
    fprintf(stderr, "atomic-tool: %s: %s\n", what, strerror(errno));
    exit(2);
}

void *aligned(size_t length) {
    void *memory;
    if (posix_memalign(&memory, 1 << 20, length ? length : 1))
        fail("memory");
    return memory;
}

/* Every 8 bytes tell the seed and their place on the disk, so that no two places or seeds look alike. */
static void fill(unsigned char *data, size_t length, off_t offset, unsigned seed) {
    for (size_t i = 0; i + 8 <= length; i += 8) {
        unsigned long long word = ((unsigned long long)seed << 40) ^ ((offset + i) * 0x9e3779b97f4a7c15ULL);
        memcpy(data + i, &word, 8);
    }
}

static int command_statx(const char *path) {
    struct statx_atomic st;
    memset(&st, 0, sizeof st);
    if (syscall(SYS_statx, AT_FDCWD, path, 0, STATX_WRITE_ATOMIC_BIT | 0x00002000U /* DIOALIGN */, &st))
        fail(path);
    printf("mask=%d attribute=%d unit_min=%u unit_max=%u segments_max=%u unit_max_opt=%u dio_offset_align=%u\n",
           !!(st.mask & STATX_WRITE_ATOMIC_BIT), !!(st.attributes & STATX_ATTR_WRITE_ATOMIC_BIT), st.atomic_unit_min,
           st.atomic_unit_max, st.atomic_segments_max, st.atomic_unit_max_opt, st.dio_offset_align);
    return 0;
}

/* The three ways in answer as pwritev2 does: the bytes written, or -1 and errno. */
static ssize_t by_libaio(int fd, struct iovec *iov, int iovs, off_t offset, int flags) {
    aio_context_t context = 0;
    struct iocb cb = {.aio_lio_opcode = IOCB_CMD_PWRITEV, .aio_fildes = fd, .aio_buf = (unsigned long)iov,
                      .aio_nbytes = iovs, .aio_offset = offset, .aio_rw_flags = flags};
    struct iocb *list[1] = {&cb};
    struct io_event event;
    if (syscall(SYS_io_setup, 1, &context))
        fail("io_setup");
    long sent = syscall(SYS_io_submit, context, 1, list);
    int error = errno;
    long got = -1;
    while (sent == 1 && (got = syscall(SYS_io_getevents, context, 1, 1, &event, NULL)) < 0 && errno == EINTR)
        ;
    if (sent == 1 && got != 1)
        fail("io_getevents");
    syscall(SYS_io_destroy, context);
    if (sent != 1) {
        errno = error;
        return -1;
    }
    if (event.res < 0) {
        errno = -event.res;
        return -1;
    }
    return event.res;
}

static ssize_t by_uring(int fd, struct iovec *iov, int iovs, off_t offset, int flags) {
    struct io_uring_params p;
    memset(&p, 0, sizeof p);
    int ring = syscall(SYS_io_uring_setup, 1, &p);
    if (ring < 0)
        fail("io_uring_setup");
    size_t sq_size = p.sq_off.array + p.sq_entries * sizeof(unsigned);
    size_t cq_size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
    unsigned char *sq = mmap(NULL, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
    unsigned char *cq = mmap(NULL, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
    struct io_uring_sqe *sqe = mmap(NULL, sizeof *sqe, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
    if (sq == MAP_FAILED || cq == MAP_FAILED || sqe == MAP_FAILED)
        fail("io_uring mmap");
    memset(sqe, 0, sizeof *sqe);
    sqe->opcode = IORING_OP_WRITEV;
    sqe->fd = fd;
    sqe->addr = (unsigned long)iov;
    sqe->len = iovs;
    sqe->off = offset;
    sqe->rw_flags = flags;
    ((unsigned *)(sq + p.sq_off.array))[0] = 0;
    __atomic_store_n((unsigned *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
        fail("io_uring_enter");
    int result = ((struct io_uring_cqe *)(cq + p.cq_off.cqes))->res;
    munmap(sq, sq_size);
    munmap(cq, cq_size);
    munmap(sqe, sizeof *sqe);
    close(ring);
    if (result < 0) {
        errno = -result;
        return -1;
    }
    return result;
}

static ssize_t write_by(const char *method, int fd, struct iovec *iov, int iovs, off_t offset, int flags) {
    if (!strcmp(method, "pwritev2"))
        return pwritev2(fd, iov, iovs, offset, flags);
    if (!strcmp(method, "libaio"))
        return by_libaio(fd, iov, iovs, offset, flags);
    if (!strcmp(method, "uring"))
        return by_uring(fd, iov, iovs, offset, flags);
    fprintf(stderr, "atomic-tool: no method %s\n", method);
    exit(2);
}

static int command_write(const char *method, const char *how, const char *path, off_t offset, size_t length, unsigned seed) {
    int fd = open(path, O_RDWR | O_DIRECT);
    if (fd < 0)
        fail(path);
    unsigned char *data = aligned(length);
    fill(data, length, offset, seed);
    int two = !strcmp(how, "atomic+2iov");
    struct iovec iov[2] = {{data, two ? length / 2 : length}, {data + length / 2, length - length / 2}};
    ssize_t done = write_by(method, fd, iov, two ? 2 : 1, offset, !strcmp(how, "plain") ? 0 : RWF_ATOMIC_FLAG);
    if (done < 0)
        printf("%s %s offset=%lld length=%zu: %s\n", method, how, (long long)offset, length, strerrorname_np(errno));
    else
        printf("%s %s offset=%lld length=%zu: wrote %zd\n", method, how, (long long)offset, length, done);
    return 0;
}

static int same(int fd, off_t offset, size_t length, unsigned seed) {
    unsigned char *expected = aligned(length), *actual = aligned(length);
    fill(expected, length, offset, seed);
    ssize_t done = pread(fd, actual, length, offset);
    if (done < 0)
        fail("read");
    int result = (size_t)done == length && !memcmp(expected, actual, length);
    free(expected);
    free(actual);
    return result;
}

static int command_verify(const char *path, off_t offset, size_t length, unsigned seed) {
    int fd = open(path, O_RDONLY | O_DIRECT);
    if (fd < 0)
        fail(path);
    int ok = same(fd, offset, length, seed);
    printf("verify offset=%lld length=%zu: %s\n", (long long)offset, length, ok ? "same" : "DIFFERENT");
    return !ok;
}

static int command_sweep(const char *path, size_t min, size_t max) {
    const char *methods[] = {"pwritev2", "libaio", "uring"};
    int fd = open(path, O_RDWR | O_DIRECT), bad = 0;
    unsigned seed = 1;
    if (fd < 0)
        fail(path);
    unsigned char *data = aligned(max);
    for (size_t length = min; length <= max; length *= 2)
        for (int m = 0; m < 3; m++, seed++) {
            off_t offset = (off_t)length * (1 + seed % 3); /* naturally aligned, not always the same place */
            fill(data, length, offset, seed);
            struct iovec iov = {data, length};
            ssize_t done = write_by(methods[m], fd, &iov, 1, offset, RWF_ATOMIC_FLAG);
            const char *read_back = done == (ssize_t)length ? same(fd, offset, length, seed) ? "same" : "DIFFERENT" : "not written";
            printf("%s length=%zu offset=%lld: %s, %s\n", methods[m], length, (long long)offset,
                   done < 0 ? strerrorname_np(errno) : "wrote", read_back);
            bad |= strcmp(read_back, "same") != 0;
        }
    return bad;
}

int main(int argc, char **argv) {
    const char *command = argc > 1 ? argv[1] : "";
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!strcmp(command, "statx") && argc == 3)
        return command_statx(argv[2]);
    if (!strcmp(command, "write") && argc == 8)
        return command_write(argv[2], argv[3], argv[4], atoll(argv[5]), atoll(argv[6]), atoi(argv[7]));
    if (!strcmp(command, "verify") && argc == 6)
        return command_verify(argv[2], atoll(argv[3]), atoll(argv[4]), atoi(argv[5]));
    if (!strcmp(command, "sweep") && argc == 5)
        return command_sweep(argv[2], atoll(argv[3]), atoll(argv[4]));
    if (!strcmp(command, "race") && argc == 8)
        return command_race(argv + 2);
    if (!strcmp(command, "scsi") && argc == 3)
        return command_scsi(argv[2]);
    fprintf(stderr, "atomic-tool: wrong use\n");
    return 2;
}
