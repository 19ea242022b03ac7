/* What the parts of atomic-tool share. */
#include <stddef.h>

/* RWF_ATOMIC of Linux 6.11, which older headers lack. */
#define RWF_ATOMIC_FLAG 0x00000040

/* Prints what failed and why (errno), and ends the program with code 2. */
void fail(const char *what);

/* Memory for direct I/O, aligned so that the kernel can always merge it into one segment. */
void *aligned(size_t length);

int command_race(char **arguments);
int command_scsi(const char *path);
