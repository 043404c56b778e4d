// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a cgroup may use, and what it has used.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "private.h"

/* --- limits ---------------------------------------------------------------------- */

static int write_number(int dir, const char *file, uint64_t number)
{
	char text[32] = "max";

	if (number != UINT64_MAX)
		snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	return vs_write_file(dir, file, text);
}

/* Of a bucket for each processor the sum of those that it may use, which is
 * all that can be said there. */
static struct vs_bucket sum_of(int dir, const struct vs_bucket *cpu)
{
	struct vs_bucket sum = *cpu;
	unsigned int processors = 0;
	struct vs_cpuset set;

	if (cpu->scope != VS_SCOPE_PROCESSOR || cpu->rate_ns == UINT64_MAX)
		return sum;
	if (vs_cpuset_read(dir, "cpuset.cpus.effective", &set) == 0)
		processors = vs_cpuset_count(&set);
	if (!processors)	/* nobody has limited it */
		processors = (unsigned int)get_nprocs();
	sum.rate_ns *= processors;
	sum.size_ns *= processors;
	return sum;
}

/* A burst is at most one quota there. */
static int write_cpu(int dir, const struct vs_bucket *cpu)
{
	uint64_t burst = cpu->size_ns / 1000;
	struct vs_quota quota;
	char text[64];
	int r;

	r = vs_write_file(dir, "cpu.max.burst", "0");
	if (r < 0 && r != -ENOENT)
		return r;
	if (cpu->rate_ns == UINT64_MAX)
		return vs_write_file(dir, "cpu.max", "max");
	quota = vs_quota_of(cpu);
	snprintf(text, sizeof(text), "%llu %llu", (unsigned long long)quota.quota_us,
		 (unsigned long long)quota.period_us);
	r = vs_write_file(dir, "cpu.max", text);
	if (r < 0)
		return r;
	r = write_number(dir, "cpu.max.burst", burst < quota.quota_us ? burst : quota.quota_us);
	return r == -ENOENT ? 0 : r;
}

/*
 * An empty list is all that the cgroup above has.  Older kernels (6.12) do not
 * take it where processes are; all that there can ever be is as good.
 */
static int write_all(int dir)
{
	_cleanup_free_ char *possible = NULL;
	int r = vs_write_file(dir, "cpuset.cpus", "\n");

	if (r == -ENOENT)	/* nobody has limited it */
		return 0;
	if (r != -ENOSPC)
		return r;
	r = vs_read_file(AT_FDCWD, "/sys/devices/system/cpu/possible", &possible);
	return r < 0 ? r : vs_write_file(dir, "cpuset.cpus", possible);
}

static int write_cpuset(int dir, const char *cpuset)
{
	return strcmp(cpuset, "infinity") ? vs_write_file(dir, "cpuset.cpus", cpuset) :
					    write_all(dir);
}

int vs_cgroup_limit(struct vs *vs, const char *path, const struct vs_limits *limits)
{
	const struct {
		const char *file;
		uint64_t value;
	} numbers[] = {
		{ "memory.max", limits->memory_bytes },
		/* less than a page: 0 stands for "as it is" here */
		{ "memory.swap.max", limits->no_swap ? 1 : limits->swap_bytes },
		{ "pids.max", limits->tasks },
	};
	_cleanup_close_ int dir = vs_cgroup_open(vs, path);
	struct vs_bucket cpu;
	int r;

	if (dir < 0)
		return dir;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		if (!numbers[i].value)
			continue;
		r = write_number(dir, numbers[i].file, numbers[i].value);
		/* Without swap accounting there is no swap to be limited. */
		if (r == -ENOENT && numbers[i].value == UINT64_MAX)
			continue;
		if (r < 0)
			return vs_fail_errno(vs, r, "writing %s of the cgroup %s",
					     numbers[i].file, path);
	}
	r = limits->cpuset ? write_cpuset(dir, limits->cpuset) : 0;
	if (r == -ENOENT)
		return vs_fail(vs, -EOPNOTSUPP, "the cgroup %s has no cpuset controller; see "
			       "cgroup.controllers of those above it", path);
	if (r < 0)
		return vs_fail_errno(vs, r, "writing cpuset.cpus of the cgroup %s", path);
	if (!limits->cpu.rate_ns)
		return 0;
	cpu = sum_of(dir, &limits->cpu);
	r = write_cpu(dir, &cpu);
	return r < 0 ? vs_fail_errno(vs, r, "writing cpu.max of the cgroup %s", path) : 0;
}

/* --- reading ----------------------------------------------------------------------- */

static uint64_t read_number(int dir, const char *file)
{
	_cleanup_free_ char *text = NULL;

	if (vs_read_file(dir, file, &text) < 0 || !isdigit((unsigned char)*text))
		return 0;
	return strtoull(text, NULL, 10);
}

/* "KEY VALUE" on a line of its own. */
static int read_key(int dir, const char *file, const char *key, uint64_t *ret)
{
	_cleanup_free_ char *text = NULL;
	size_t n = strlen(key);
	char *rest, *line;
	int r;

	r = vs_read_file(dir, file, &text);
	if (r < 0)
		return r;
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (strncmp(line, key, n) == 0 && line[n] == ' ') {
			*ret = strtoull(line + n + 1, NULL, 10);
			return 0;
		}
	return -ENODATA;
}

int vs_cgroup_cpuset(struct vs *vs, const char *path, struct vs_cpuset *ret)
{
	_cleanup_close_ int dir = vs_cgroup_open(vs, path);
	int r;

	if (dir < 0)
		return dir;
	r = vs_cpuset_read(dir, "cpuset.cpus.effective", ret);
	return r < 0 ? vs_fail_errno(vs, r, "reading cpuset.cpus.effective of the cgroup %s",
				     path) : 0;
}

int vs_cgroup_usage(struct vs *vs, const char *path, struct vs_usage *ret)
{
	_cleanup_close_ int dir = vs_cgroup_open(vs, path);
	struct vs_usage usage = {};
	uint64_t populated;
	int r;

	if (dir < 0)
		return dir;
	r = read_key(dir, "cpu.stat", "usage_usec", &usage.cpu_usec);
	if (!r)
		r = read_key(dir, "cgroup.events", "populated", &populated);
	if (r < 0)
		return vs_fail_errno(vs, r, "reading the cgroup %s", path);
	usage.memory_bytes = read_number(dir, "memory.current");
	usage.memory_peak_bytes = read_number(dir, "memory.peak");
	usage.tasks = read_number(dir, "pids.current");
	usage.populated = populated;
	*ret = usage;
	return 0;
}
