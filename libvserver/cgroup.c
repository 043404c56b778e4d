// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Cgroups of guests: made, limited, read, emptied, removed.  Paths are below
 * /sys/fs/cgroup and come from programs of the host, never from a guest.
 * Which cgroup is whose, the callers know.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "private.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"

/* What cpu.max takes: kernel/sched/core.c. */
#define PERIOD_MAX_US	1000000ULL
#define QUOTA_MIN_US	1000ULL

/* Below the root, whatever the path looks like. */
static int open_path(const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	_cleanup_close_ int root = open(CGROUP_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (root < 0)
		return -errno;
	path += strspn(path, "/");
	fd = (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

int vs_cgroup_open(struct vs *vs, const char *path)
{
	int fd = open_path(path, O_RDONLY | O_DIRECTORY);

	return fd < 0 ? vs_fail_errno(vs, fd, "opening the cgroup %s", path) : fd;
}

int vs_cgroup_own(struct vs *vs, pid_t pid, char **ret)
{
	_cleanup_free_ char *text = NULL;
	char path[64], *line, *rest;
	int r;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	else
		snprintf(path, sizeof(path), "/proc/self/cgroup");
	r = vs_read_file(AT_FDCWD, path, &text);
	if (r < 0)
		return vs_fail_errno(vs, r, "reading %s", path);
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		char *own;

		if (strncmp(line, "0::", 3) != 0)
			continue;
		own = strdup(line + 3);
		if (!own)
			return vs_fail_errno(vs, -ENOMEM, "reading %s", path);
		*ret = own;
		return 0;
	}
	return vs_fail(vs, -EOPNOTSUPP, "process %d is in no cgroup of version 2", pid);
}

/* --- making ------------------------------------------------------------------------ */

/* Enable in @dir what its own cgroup has and its children have not yet. */
static int enable_controllers(int dir)
{
	_cleanup_free_ char *there = NULL;
	char *rest, *word, text[64];
	int r;

	r = vs_read_file(dir, "cgroup.controllers", &there);
	if (r < 0)
		return r;
	rest = there;
	while ((word = strsep(&rest, " \n"))) {
		if (strcmp(word, "cpu") != 0 && strcmp(word, "memory") != 0 &&
		    strcmp(word, "pids") != 0 && strcmp(word, "io") != 0)
			continue;
		snprintf(text, sizeof(text), "+%s", word);
		r = vs_write_file(dir, "cgroup.subtree_control", text);
		if (r < 0)
			return r;
	}
	return 0;
}

int vs_cgroup_create(struct vs *vs, const char *path)
{
	_cleanup_free_ char *parent = strdup(path);
	_cleanup_close_ int dir = -1;
	char *slash, *name;
	int r;

	if (!parent)
		return vs_fail_errno(vs, -ENOMEM, "making the cgroup %s", path);
	slash = strrchr(parent, '/');
	name = slash ? slash + 1 : parent;
	if (!*name || strcmp(name, "..") == 0)
		return vs_fail(vs, -EINVAL, "%s is no path of a cgroup", path);
	if (slash)
		*slash = '\0';
	dir = open_path(slash ? parent : "", O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return vs_fail_errno(vs, dir, "opening the cgroup above %s", path);
	r = enable_controllers(dir);
	if (r < 0)
		return vs_fail_errno(vs, r, "enabling controllers above the cgroup %s", path);
	if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
		return vs_fail_errno(vs, -errno, "making the cgroup %s", path);
	return 0;
}

/* --- limits ---------------------------------------------------------------------- */

static int write_number(int dir, const char *file, uint64_t number)
{
	char text[32] = "max";

	if (number != UINT64_MAX)
		snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	return vs_write_file(dir, file, text);
}

/*
 * R every T becomes a quota every period, in microseconds.  cpu.max takes no
 * period above a second and no quota below a millisecond: the same share is
 * then written with another period.  A burst is at most one quota there.
 */
static int write_cpu(int dir, const struct vs_bucket *cpu)
{
	uint64_t quota = cpu->rate_ns / 1000, period = cpu->interval_ns / 1000;
	uint64_t burst = cpu->size_ns / 1000;
	char text[64];
	int r;

	r = vs_write_file(dir, "cpu.max.burst", "0");
	if (r < 0 && r != -ENOENT)
		return r;
	if (cpu->rate_ns == UINT64_MAX)
		return vs_write_file(dir, "cpu.max", "max");
	if (period > PERIOD_MAX_US) {
		quota = (uint64_t)((unsigned __int128)quota * PERIOD_MAX_US / period);
		period = PERIOD_MAX_US;
	}
	while (quota < QUOTA_MIN_US && period * 2 <= PERIOD_MAX_US) {
		quota = quota * 2 ?: cpu->rate_ns * 2 / 1000;
		period *= 2;
	}
	if (quota < QUOTA_MIN_US)
		quota = QUOTA_MIN_US;
	snprintf(text, sizeof(text), "%llu %llu", (unsigned long long)quota,
		 (unsigned long long)period);
	r = vs_write_file(dir, "cpu.max", text);
	if (r < 0)
		return r;
	r = write_number(dir, "cpu.max.burst", burst < quota ? burst : quota);
	return r == -ENOENT ? 0 : r;
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
	if (!limits->cpu.rate_ns)
		return 0;
	r = write_cpu(dir, &limits->cpu);
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

/* --- processes ----------------------------------------------------------------------- */

int vs_cgroup_attach(struct vs *vs, const char *path, pid_t pid)
{
	_cleanup_close_ int dir = vs_cgroup_open(vs, path);
	char text[32];
	int r;

	if (dir < 0)
		return dir;
	snprintf(text, sizeof(text), "%d", pid);
	r = vs_write_file(dir, "cgroup.procs", text);
	return r < 0 ? vs_fail_errno(vs, r, "moving process %d to the cgroup %s", pid, path) : 0;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* cgroup.events tells of each change by POLLPRI, once it has been read. */
static int wait_empty(int dir, uint64_t until_ns)
{
	_cleanup_close_ int events = openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
	struct pollfd poll_events = { .fd = events, .events = POLLPRI };
	char text[256];

	if (events < 0)
		return -errno;
	for (;;) {
		uint64_t now;
		ssize_t n = pread(events, text, sizeof(text) - 1, 0);

		if (n < 0)
			return errno == ENODEV ? 0 : -errno;
		text[n] = '\0';
		if (strstr(text, "populated 0"))
			return 0;
		now = now_ns();
		if (now >= until_ns)
			return -ETIMEDOUT;
		if (poll(&poll_events, 1, (int)((until_ns - now) / 1000000 + 1)) < 0 &&
		    errno != EINTR)
			return -errno;
	}
}

int vs_cgroup_kill(struct vs *vs, const char *path, uint64_t timeout_ns)
{
	_cleanup_close_ int dir = open_path(path, O_RDONLY | O_DIRECTORY);
	int r;

	if (dir == -ENOENT)
		return 0;
	r = dir < 0 ? dir : vs_write_file(dir, "cgroup.kill", "1");
	if (!r)
		r = wait_empty(dir, now_ns() + timeout_ns);
	if (r == -ETIMEDOUT)
		return vs_fail(vs, r, "a process of the cgroup %s does not end", path);
	return r < 0 ? vs_fail_errno(vs, r, "killing the cgroup %s", path) : 0;
}

/* --- removing --------------------------------------------------------------------- */

static int remove_below(int dir)
{
	_cleanup_close_ int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	int r = 0;
	DIR *list;

	if (copy < 0)
		return -errno;
	list = fdopendir(copy);
	if (!list)
		return -errno;
	TAKE_FD(copy);		/* closedir() closes it */
	while (!r && (entry = readdir(list))) {
		_cleanup_close_ int child = -1;

		if (entry->d_type != DT_DIR || *entry->d_name == '.')
			continue;
		child = openat(dirfd(list), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (child >= 0)
			r = remove_below(child);
		if (!r && unlinkat(dirfd(list), entry->d_name, AT_REMOVEDIR) < 0 &&
		    errno != ENOENT)
			r = -errno;
	}
	closedir(list);
	return r;
}

/* Only a cgroup without controllers below it takes processes itself. */
static int disable_controllers(int dir)
{
	_cleanup_free_ char *enabled = NULL;
	char *rest, *word, text[64];
	int r;

	r = vs_read_file(dir, "cgroup.subtree_control", &enabled);
	rest = enabled;
	while (r >= 0 && (word = strsep(&rest, " \n"))) {
		if (!*word)
			continue;
		snprintf(text, sizeof(text), "-%s", word);
		r = vs_write_file(dir, "cgroup.subtree_control", text);
	}
	return r;
}

int vs_cgroup_clear(struct vs *vs, const char *path)
{
	_cleanup_close_ int dir = vs_cgroup_open(vs, path);
	int r;

	if (dir < 0)
		return dir;
	r = remove_below(dir);
	if (!r)
		r = disable_controllers(dir);
	return r < 0 ? vs_fail_errno(vs, r, "clearing the cgroup %s", path) : 0;
}

int vs_cgroup_remove(struct vs *vs, const char *path)
{
	_cleanup_close_ int dir = open_path(path, O_RDONLY | O_DIRECTORY);
	_cleanup_close_ int root = -1;
	int r = dir < 0 ? dir : 0;

	if (r == -ENOENT)
		return 0;
	if (!r)
		r = remove_below(dir);
	root = open(CGROUP_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	path += strspn(path, "/");
	if (!r && unlinkat(root, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
		r = -errno;
	return r < 0 ? vs_fail_errno(vs, r, "removing the cgroup %s", path) : 0;
}
