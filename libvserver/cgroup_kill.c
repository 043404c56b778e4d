// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The end of everything that runs in a cgroup, and which process it is that
 * does not end.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "private.h"

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

/* --- what does not end ------------------------------------------------------------- */

/* A process may call itself anything: what is shown is printable. */
static char *proc_word(pid_t pid, const char *file)
{
	char path[64], *text;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	if (vs_read_file(AT_FDCWD, path, &text) < 0)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	for (char *c = text; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	return text;
}

/* An init that dies waits for the others of its guest: it is not the cause. */
static bool waits_for_others(pid_t pid)
{
	_cleanup_free_ char *where = proc_word(pid, "wchan");

	return where && strcmp(where, "zap_pid_ns_processes") == 0;
}

/* 0: none; else the first that is stuck by itself, or any. */
static pid_t pick_process(int dir)
{
	_cleanup_free_ char *text = NULL;
	char *rest, *line;
	pid_t picked = 0;

	if (vs_read_file(dir, "cgroup.procs", &text) < 0)
		return 0;
	rest = text;
	while ((line = strsep(&rest, "\n")) && *line) {
		picked = (pid_t)strtol(line, NULL, 10);
		if (!waits_for_others(picked))
			break;
	}
	return picked;
}

static pid_t find_stuck(int dir)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	pid_t pid = pick_process(dir), below;
	struct dirent *entry;

	if (!list) {
		if (copy >= 0)
			close(copy);
		return pid;
	}
	while ((!pid || waits_for_others(pid)) && (entry = readdir(list))) {
		_cleanup_close_ int child = -1;

		if (entry->d_type != DT_DIR || *entry->d_name == '.')
			continue;
		child = openat(dir, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		below = child < 0 ? 0 : find_stuck(child);
		pid = below ?: pid;
	}
	closedir(list);
	return pid;
}

static int fail_stuck(struct vs *vs, const char *path, int dir)
{
	pid_t pid = find_stuck(dir);
	_cleanup_free_ char *name = pid ? proc_word(pid, "comm") : NULL;
	_cleanup_free_ char *where = pid ? proc_word(pid, "wchan") : NULL;

	if (!name)
		return vs_fail(vs, -ETIMEDOUT, "a process of the cgroup %s does not end", path);
	if (!where || !*where || strcmp(where, "0") == 0)
		return vs_fail(vs, -ETIMEDOUT, "process %d (%s) of the cgroup %s does not end",
			       pid, name, path);
	return vs_fail(vs, -ETIMEDOUT, "process %d (%s) of the cgroup %s does not end; it waits "
		       "in the kernel, in %s", pid, name, path, where);
}

int vs_cgroup_kill(struct vs *vs, const char *path, uint64_t timeout_ns)
{
	_cleanup_close_ int dir = vs_cgroup_find(path);
	int r;

	if (dir == -ENOENT)
		return 0;
	r = dir < 0 ? dir : vs_write_file(dir, "cgroup.kill", "1");
	if (!r)
		r = wait_empty(dir, now_ns() + timeout_ns);
	if (r == -ETIMEDOUT)
		return fail_stuck(vs, path, dir);
	return r < 0 ? vs_fail_errno(vs, r, "killing the cgroup %s", path) : 0;
}
