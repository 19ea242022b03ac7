/*
 * database: SQLite on a bare disk, without a second copy of anything. Its VFS writes each page of 16 KiB by one pwritev2
 * with O_DIRECT, with RWF_ATOMIC or without; there is no rollback journal and no write-ahead log, so a page that is half
 * written is half written for good.
 *
 *   database create DISK HOW                  HOW: atomic, plain
 *   database work DISK HOW ACCOUNT FIRST      changes a row a transaction until something fails, and adds the number of
 *                                             each that COMMIT answered for to ACCOUNT; the first is FIRST
 *   database check DISK HOW ACCOUNT           looks whether all rows are whole and as new as ACCOUNT says; prints what not
 *
 * A row fills a page: it begins with its number, and all of it tells the number. So a transaction changes one page of
 * rows, and page 1, whose change counter may be of before.
 *
 * Exit code: 0 done, or all is well; 1 something is not ("torn:", "lost:"); 2 wrong use or a broken machine ("broken:").
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 16384
#define ROW 16000
#define ROWS 8

/* RWF_ATOMIC of Linux 6.11, which older headers lack. */
#define RWF_ATOMIC_FLAG 0x00000040

static int how; /* flags of pwritev2 */

/* The database: from the beginning of the disk, as long as its header or what was written says. */
struct disk {
    sqlite3_file base;
    int fd;
    sqlite3_int64 written;
    unsigned char *page;
};

static int close_disk(sqlite3_file *file) {
    struct disk *disk = (struct disk *)file;
    free(disk->page);
    return close(disk->fd) ? SQLITE_IOERR_CLOSE : SQLITE_OK;
}

static int load(struct disk *disk, sqlite3_int64 offset) {
    return pread(disk->fd, disk->page, PAGE, offset) == PAGE ? SQLITE_OK : SQLITE_IOERR_READ;
}

static int size_of(sqlite3_file *file, sqlite3_int64 *size) {
    struct disk *disk = (struct disk *)file;
    if (load(disk, 0))
        return SQLITE_IOERR_FSTAT;
    unsigned char *count = disk->page + 28;
    int is_one = !memcmp(disk->page, "SQLite format 3", 16);
    *size = is_one ? PAGE * (((sqlite3_int64)count[0] << 24) + (count[1] << 16) + (count[2] << 8) + count[3]) : 0;
    *size = *size > disk->written ? *size : disk->written;
    return SQLITE_OK;
}

static int read_disk(sqlite3_file *file, void *data, int length, sqlite3_int64 offset) {
    struct disk *disk = (struct disk *)file;
    sqlite3_int64 size, in_page = offset % PAGE;
    if (size_of(file, &size) || in_page + length > PAGE)
        return SQLITE_IOERR_READ;
    if (offset + length > size) {
        memset(data, 0, length);
        return SQLITE_IOERR_SHORT_READ;
    }
    if (load(disk, offset - in_page))
        return SQLITE_IOERR_READ;
    memcpy(data, disk->page + in_page, length);
    return SQLITE_OK;
}

static int write_disk(sqlite3_file *file, const void *data, int length, sqlite3_int64 offset) {
    struct disk *disk = (struct disk *)file;
    struct iovec page = {disk->page, PAGE};
    if (length != PAGE || offset % PAGE)
        return SQLITE_IOERR_WRITE;
    memcpy(disk->page, data, PAGE);
    if (pwritev2(disk->fd, &page, 1, offset, how) != PAGE)
        return SQLITE_IOERR_WRITE;
    if (disk->written < offset + PAGE)
        disk->written = offset + PAGE;
    return SQLITE_OK;
}

static int truncate_disk(sqlite3_file *file, sqlite3_int64 size) {
    ((struct disk *)file)->written = size;
    return SQLITE_OK;
}

static int sync_disk(sqlite3_file *file, int flags) {
    (void)flags;
    return fdatasync(((struct disk *)file)->fd) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int lock(sqlite3_file *file, int level) {
    (void)file;
    (void)level;
    return SQLITE_OK;
}

static int is_locked(sqlite3_file *file, int *reserved) {
    (void)file;
    *reserved = 0;
    return SQLITE_OK;
}

static int control(sqlite3_file *file, int operation, void *argument) {
    (void)file;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int sector(sqlite3_file *file) {
    (void)file;
    return PAGE;
}

static int traits(sqlite3_file *file) {
    (void)file;
    return how ? SQLITE_IOCAP_ATOMIC16K : 0;
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 1,
    .xClose = close_disk,
    .xRead = read_disk,
    .xWrite = write_disk,
    .xTruncate = truncate_disk,
    .xSync = sync_disk,
    .xFileSize = size_of,
    .xLock = lock,
    .xUnlock = lock,
    .xCheckReservedLock = is_locked,
    .xFileControl = control,
    .xSectorSize = sector,
    .xDeviceCharacteristics = traits,
};

static int open_disk(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given) {
    struct disk *disk = (struct disk *)file;
    (void)vfs;
    disk->base.pMethods = NULL;
    if (!name || !(flags & SQLITE_OPEN_MAIN_DB))
        return SQLITE_CANTOPEN;
    disk->fd = open(name, O_RDWR | O_DIRECT);
    if (disk->fd < 0 || posix_memalign((void **)&disk->page, PAGE, PAGE))
        return SQLITE_CANTOPEN;
    disk->written = 0;
    disk->base.pMethods = &METHODS;
    if (given)
        *given = flags;
    return SQLITE_OK;
}

/* There are no other files: no journal, no write-ahead log. */
static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *there) {
    (void)vfs;
    (void)name;
    (void)flags;
    *there = 0;
    return SQLITE_OK;
}

/* Says what stopped SQLite: torn if it is what the disk holds; the end if it is anything else. 1. */
static int damaged(sqlite3 *database, const char *what) {
    int code = sqlite3_errcode(database) & 0xff;
    int torn = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    printf("%s: %s: %s\n", torn ? "torn" : "broken", what, sqlite3_errmsg(database));
    if (!torn)
        exit(2);
    return 1;
}

static sqlite3 *open_database(const char *name) {
    static sqlite3_vfs vfs;
    sqlite3 *database;
    vfs = *sqlite3_vfs_find(NULL);
    vfs.szOsFile = sizeof(struct disk);
    vfs.zName = "disk";
    vfs.xOpen = open_disk;
    vfs.xAccess = access_file;
    sqlite3_vfs_register(&vfs, 0);
    if (sqlite3_open_v2(name, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "disk") ||
        sqlite3_exec(database, "PRAGMA page_size=16384; PRAGMA journal_mode=OFF; PRAGMA synchronous=FULL", NULL, NULL, NULL))
        exit(damaged(database, "opening it"));
    return database;
}

static void fill(unsigned char *row, unsigned number) {
    for (int i = 0; i < ROW; i++)
        row[i] = number >> (i % 4 * 8);
}

/* Runs a statement to its end; ?1 is the row's identifier, ?2 what is in it. */
static int put(sqlite3 *database, const char *sql, int id, unsigned number) {
    unsigned char row[ROW];
    sqlite3_stmt *statement;
    fill(row, number);
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL))
        return -1;
    sqlite3_bind_int(statement, 1, id);
    sqlite3_bind_blob(statement, 2, row, ROW, SQLITE_STATIC);
    int result = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return result == SQLITE_DONE ? 0 : -1;
}

static int create(const char *name) {
    unsigned char *nothing;
    int fd = open(name, O_RDWR | O_DIRECT);
    if (fd < 0 || posix_memalign((void **)&nothing, PAGE, PAGE))
        return 2;
    memset(nothing, 0, PAGE);
    if (pwrite(fd, nothing, PAGE, 0) != PAGE || close(fd))
        return 2;
    sqlite3 *database = open_database(name);
    int bad = sqlite3_exec(database, "CREATE TABLE row (id INTEGER PRIMARY KEY, content BLOB)", NULL, NULL, NULL);
    for (int id = 0; id < ROWS; id++)
        bad |= put(database, "INSERT INTO row VALUES (?1, ?2)", id, id);
    if (bad)
        fprintf(stderr, "database: %s\n", sqlite3_errmsg(database));
    return bad || sqlite3_close(database) ? 2 : 0;
}

static int work(sqlite3 *database, FILE *account, unsigned number) {
    for (; !put(database, "UPDATE row SET content = ?2 WHERE id = ?1", number % ROWS, number); number++) {
        fprintf(account, "%u\n", number);
        fflush(account);
    }
    return 0;
}

/* Looks into one row; 1 if it is not whole, or older than promised. */
static int is_wrong(sqlite3 *database, int id, unsigned promised) {
    unsigned char expected[ROW];
    sqlite3_stmt *statement;
    char sql[64];
    int wrong = 1, result = SQLITE_ERROR;
    snprintf(sql, sizeof sql, "SELECT content FROM row WHERE id = %d", id);
    if (!sqlite3_prepare_v2(database, sql, -1, &statement, NULL))
        result = sqlite3_step(statement);
    if (result != SQLITE_ROW && result != SQLITE_DONE) {
        wrong = damaged(database, sql);
    } else if (result == SQLITE_DONE || sqlite3_column_bytes(statement, 0) != ROW) {
        printf("torn: row %d is not there or not as long as it was\n", id);
    } else {
        const unsigned char *row = sqlite3_column_blob(statement, 0);
        unsigned number = row[0] | row[1] << 8 | row[2] << 16 | (unsigned)row[3] << 24;
        fill(expected, number);
        if (memcmp(row, expected, ROW))
            printf("torn: row %d begins with %u and does not go on with it\n", id, number);
        else if (number < promised)
            printf("lost: row %d holds %u, and COMMIT promised %u\n", id, number, promised);
        else
            wrong = 0;
    }
    sqlite3_finalize(statement);
    return wrong;
}

static int check(sqlite3 *database, FILE *account) {
    unsigned promised[ROWS] = {0}, number;
    int wrong = 0;
    sqlite3_stmt *statement;
    while (fscanf(account, "%u", &number) == 1)
        promised[number % ROWS] = number;
    for (int id = 0; id < ROWS; id++)
        wrong |= is_wrong(database, id, promised[id]);
    if (sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &statement, NULL) ||
        sqlite3_step(statement) != SQLITE_ROW) {
        wrong = damaged(database, "integrity_check");
    } else if (strcmp((const char *)sqlite3_column_text(statement, 0), "ok")) {
        printf("torn: integrity_check does not say ok\n");
        wrong = 1;
    }
    sqlite3_finalize(statement);
    return wrong;
}

int main(int argc, char **argv) {
    const char *command = argc > 3 ? argv[1] : "";
    how = argc > 3 && !strcmp(argv[3], "atomic") ? RWF_ATOMIC_FLAG : 0;
    if (!strcmp(command, "create") && argc == 4)
        return create(argv[2]);
    FILE *account = argc > 4 ? fopen(argv[4], !strcmp(command, "work") ? "a" : "r") : NULL;
    if (account && !strcmp(command, "work") && argc == 6)
        return work(open_database(argv[2]), account, atoi(argv[5]));
    if (account && !strcmp(command, "check") && argc == 5)
        return check(open_database(argv[2]), account);
    fprintf(stderr, "database: wrong use\n");
    return 2;
}
