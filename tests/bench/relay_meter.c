/* From /proc/PID/task/TID/schedstat, nanoseconds on a CPU; and instructions where a counter can be had. */
#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "relay_rig.h"

static bool read_line(char *out, size_t size, const char *path)
{
        FILE *file = fopen(path, "re");
        bool read = file && fgets(out, (int)size, file);
        if (file)
                fclose(file);
        return read;
}

static bool thread_is(pid_t pid, const char *tid, const char *name)
{
        char path[300], line[64];
        snprintf(path, sizeof path, "/proc/%d/task/%s/comm", (int)pid, tid);
        return tid[0] != '.' && read_line(line, sizeof line, path) && strncmp(line, name, strlen(name)) == 0;
}

static int64_t thread_cpu_ns(pid_t pid, const char *tid)
{
        char path[300], line[128];
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)pid, tid);
        return read_line(line, sizeof line, path) ? strtoll(line, NULL, 10) : 0;
}

static void counter_open(struct meter *meter, const char *tid)
{
        struct perf_event_attr attr = {
                .type = PERF_TYPE_HARDWARE, .size = sizeof attr, .config = PERF_COUNT_HW_INSTRUCTIONS};
        int fd = (int)syscall(SYS_perf_event_open, &attr, (pid_t)strtol(tid, NULL, 10), -1, -1, PERF_FLAG_FD_CLOEXEC);
        if (fd >= 0 && meter->n_counters < sizeof meter->counters / sizeof *meter->counters)
                meter->counters[meter->n_counters++] = fd;
        else
                meter->instructions = -1;
}

/* Visits the threads; the sum of their CPU times. */
static int64_t threads_cpu_ns(struct meter *meter, pid_t pid, const char *thread, bool open)
{
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
        DIR *tasks = opendir(path);
        int64_t sum = 0;
        unsigned found = 0;
        if (!tasks)
                bench_fail(path);
        for (const struct dirent *task; (task = readdir(tasks));) {
                if (!thread_is(pid, task->d_name, thread))
                        continue;
                found++;
                sum += thread_cpu_ns(pid, task->d_name);
                if (open)
                        counter_open(meter, task->d_name);
        }
        closedir(tasks);
        if (found == 0)
                bench_fail("no such thread");
        return sum;
}

void meter_begin(struct meter *meter, pid_t pid, const char *thread)
{
        *meter = (struct meter){0};
        meter->cpu_ns = threads_cpu_ns(meter, pid, thread, true);
}

void meter_end(struct meter *meter, pid_t pid, const char *thread)
{
        meter->cpu_ns = threads_cpu_ns(meter, pid, thread, false) - meter->cpu_ns;
        for (unsigned i = 0; i < meter->n_counters; i++) {
                int64_t count = 0;
                if (read(meter->counters[i], &count, sizeof count) != sizeof count)
                        meter->instructions = -1;
                if (meter->instructions >= 0)
                        meter->instructions += count;
                close(meter->counters[i]);
        }
        if (meter->n_counters == 0)
                meter->instructions = -1;
}

int64_t memory_of(pid_t pid)
{
        char path[64], line[128];
        unsigned long size = 0, resident = 0;
        snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
        if (!read_line(line, sizeof line, path) || sscanf(line, "%lu %lu", &size, &resident) != 2)
                return 0;
        return (int64_t)resident * sysconf(_SC_PAGESIZE);
}

int64_t memory_of_kernel(void)
{
        char line[128];
        long kb = 0;
        FILE *file = fopen("/proc/meminfo", "re");
        while (file && fgets(line, sizeof line, file))
                if (sscanf(line, "Slab: %ld kB", &kb) == 1)
                        break;
        if (file)
                fclose(file);
        return (int64_t)kb * 1024;
}
