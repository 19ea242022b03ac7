#include "load.h"

#include <dirent.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const operations[] = { "read", "write", "atomic" };

static void usage(void)
{
	fputs("usage: CLIENT iscsi://host:port/target/lun [options]\n"
	      "  -b SIZE   bytes of one command: 4k, 64k, 1M                (4k)\n"
	      "  -q N      queue depth of each session                      (1)\n"
	      "  -r OP     read | write | atomic                            (read)\n"
	      "  -t SEC    measured seconds, may be a fraction              (3)\n"
	      "  -w MS     warm-up before them                              (200)\n"
	      "  -c N      sessions                                         (1)\n"
	      "  -l N      units: session i uses unit LUN + i % N, raw only (1)\n"
	      "  -s SIZE   use only the first SIZE bytes of the unit        (all)\n"
	      "  -S        sequential, from the start; each session its own stripe\n"
	      "  -O        the same, once over all of it, however long that takes; one session, raw only\n"
	      "  -F        force unit access\n"
	      "  -D        header and data digests (libiscsi: header only)\n"
	      "  -f        print how many commands each session got\n"
	      "  -P PID    account the target, too: its cpu time\n", stderr);
	exit(1);
}

static uint64_t size(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	switch (*end) {
	case 'k': return value << 10;
	case 'M': return value << 20;
	case 'G': return value << 30;
	default: return value;
	}
}

static enum operation operation(const char *text)
{
	for (int i = READ; i <= ATOMIC; i++)
		if (strcmp(text, operations[i]) == 0)
			return (enum operation)i;
	usage();
	return READ;
}

static void option(struct load *load, int letter)
{
	switch (letter) {
	case 'b': load->block = (uint32_t)size(optarg); break;
	case 'q': load->depth = atoi(optarg); break;
	case 'r': load->operation = operation(optarg); break;
	case 't': load->seconds = atof(optarg); break;
	case 'w': load->warm_up = atof(optarg) / 1000; break;
	case 'c': load->sessions = atoi(optarg); break;
	case 'l': load->units = atoi(optarg); break;
	case 's': load->span = size(optarg); break;
	case 'S': load->sequential = true; break;
	case 'O': load->sequential = load->once = true; break;
	case 'F': load->fua = true; break;
	case 'D': load->digests = true; break;
	case 'f': load->fair = true; break;
	case 'P': load->pid = atoi(optarg); break;
	default: usage();
	}
}

void load_arguments(struct load *load, int count, char **arguments)
{
	int letter;

	*load = (struct load){ .block = 4096, .depth = 1, .sessions = 1, .units = 1, .seconds = 3, .warm_up = 0.2 };
	while ((letter = getopt(count, arguments, "b:q:r:t:w:c:l:s:SOFDfP:")) != -1)
		option(load, letter);
	if (optind != count - 1 || load->depth < 1 || load->sessions < 1 || load->units < 1 || load->seconds < 0.05 || load->block < 512)
		usage();
	if (load->once) {
		load->warm_up = 0;
		load->seconds = 1e6;
	}
	load->url = arguments[optind];
	if (sscanf(load->url, "iscsi://%63[^:/]:%d/%255[^/]/%d", load->host, &load->port, load->target, &load->lun) != 4)
		usage();
}

uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* xorshift64*, by Marsaglia and Vigna. */
uint64_t random_below(uint64_t bound)
{
	static uint64_t state = 88172645463325252u;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 2685821657736338717u % bound;
}

static unsigned bucket(uint64_t value)
{
	unsigned octave;

	if (value < BUCKETS_PER_OCTAVE)
		return (unsigned)value;
	octave = 63 - (unsigned)__builtin_clzll(value) - 6;
	return (octave + 1) * BUCKETS_PER_OCTAVE + (unsigned)((value >> octave) - BUCKETS_PER_OCTAVE);
}

static double middle(unsigned bucket)
{
	unsigned octave = bucket / BUCKETS_PER_OCTAVE, rest = bucket % BUCKETS_PER_OCTAVE;

	return octave ? (BUCKETS_PER_OCTAVE + rest + 0.5) * (double)(1ull << (octave - 1)) : rest;
}

/* Seconds of cpu that a process's threads have had: the first number of each schedstat, in ns. */
static double cpu_of(pid_t pid)
{
	char path[64 + 256];
	struct dirent *thread;
	uint64_t all = 0;
	DIR *threads;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	if (!pid || !(threads = opendir(path)))
		return 0;
	while ((thread = readdir(threads))) {
		uint64_t ns = 0;
		FILE *file;

		snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)pid, thread->d_name);
		if (thread->d_name[0] == '.' || !(file = fopen(path, "r")))
			continue;
		if (fscanf(file, "%" SCNu64, &ns) == 1)
			all += ns;
		fclose(file);
	}
	closedir(threads);
	return (double)all / 1e9;
}

void meter_start(struct meter *meter, const struct load *load)
{
	memset(meter, 0, sizeof *meter);
	meter->load = load;
	meter->of_session = calloc((size_t)load->sessions, sizeof *meter->of_session);
	meter->opens = now() + (uint64_t)(load->warm_up * 1e9);
	meter->closes = meter->opens + (uint64_t)(load->seconds * 1e9);
}

static uint64_t turn(struct meter *meter)
{
	getrusage(RUSAGE_SELF, &meter->client[meter->open ? 0 : 1]);
	meter->target[meter->open ? 0 : 1] = cpu_of(meter->load->pid);
	return now();
}

bool meter_goes_on(struct meter *meter, uint64_t time)
{
	if (time >= meter->closes) {
		if (meter->open) {
			meter->open = false;
			meter->closes = turn(meter);
		}
		return false;
	}
	if (!meter->open && time >= meter->opens) {
		meter->open = true;
		meter->opens = turn(meter);
	}
	return true;
}

void meter_add(struct meter *meter, int session, uint64_t from, uint64_t to)
{
	if (!meter->open)
		return;
	meter->commands++;
	meter->of_session[session]++;
	meter->histogram[bucket(to - from)]++;
	if (to - from > meter->longest)
		meter->longest = to - from;
}

void meter_error(struct meter *meter, const char *format, ...)
{
	va_list values;

	if (meter->errors++ > 0)
		return;
	va_start(values, format);
	vsnprintf(meter->first_error, sizeof meter->first_error, format, values);
	va_end(values);
}

static double percentile(const struct meter *meter, double percent)
{
	uint64_t wanted = (uint64_t)((double)meter->commands * percent / 100), seen = 0;

	for (unsigned i = 0; i < BUCKETS; i++)
		if ((seen += meter->histogram[i]) > wanted)
			return middle(i) / 1000;
	return (double)meter->longest / 1000;
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double cpu(const struct rusage *later, const struct rusage *earlier)
{
	return seconds(later->ru_utime) + seconds(later->ru_stime) - seconds(earlier->ru_utime) - seconds(earlier->ru_stime);
}

static void quoted(const char *text)
{
	putchar('"');
	for (; *text; text++)
		putchar(*text == '"' || *text == '\\' || *text < ' ' ? '\'' : *text);
	putchar('"');
}

int meter_report(struct meter *meter, const char *client)
{
	const struct load *load = meter->load;
	double elapsed = (double)(meter->closes - meter->opens) / 1e9;
	double each = meter->commands ? 1e6 / (double)meter->commands : 0;

	printf("{\"client\":\"%s\",\"operation\":\"%s\",\"block\":%u,\"depth\":%d,\"sessions\":%d,", client,
	       operations[load->operation], load->block, load->depth, load->sessions);
	printf("\"seconds\":%.4f,\"commands\":%" PRIu64 ",\"errors\":%" PRIu64 ",\"iops\":%.1f,", elapsed, meter->commands,
	       meter->errors, (double)meter->commands / elapsed);
	printf("\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"longest\":%.1f,", percentile(meter, 50), percentile(meter, 90),
	       percentile(meter, 99), (double)meter->longest / 1000);
	printf("\"clientCpu\":%.3f,\"targetCpu\":%.3f", cpu(&meter->client[1], &meter->client[0]) * each,
	       (meter->target[1] - meter->target[0]) * each);
	for (int i = 0; load->fair && i < load->sessions; i++)
		printf("%s%" PRIu64, i ? "," : ",\"ofSession\":[", meter->of_session[i]);
	fputs(load->fair ? "]" : "", stdout);
	if (meter->errors) {
		fputs(",\"firstError\":", stdout);
		quoted(meter->first_error);
	}
	puts("}");
	return meter->errors ? 2 : 0;
}

void fail(const char *format, ...)
{
	char text[300];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	fputs("{\"error\":", stdout);
	quoted(text);
	puts("}");
	exit(1);
}
