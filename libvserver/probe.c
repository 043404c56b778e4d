// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Single facts about the machine, read from the kernel's own files, and the
 * reading and writing of such files.  What a fact means to a person is
 * check.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "private.h"

int vs_read_file(int dir, const char *path, char **ret)
{
	_cleanup_close_ int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	size_t size = 4096, n = 0;

	if (fd < 0)
		return -errno;
	for (;;) {
		char *more = realloc(text, size + 1);
		ssize_t r;

		if (!more)
			return -ENOMEM;
		text = more;
		r = read(fd, text + n, size - n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		n += r;
		if (n == size)
			size *= 2;
	}
	text[n] = '\0';
	*ret = TAKE_PTR(text);
	return 0;
}

int vs_write_file(int dir, const char *path, const char *text)
{
	_cleanup_close_ int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);
	ssize_t r;

	if (fd < 0)
		return -errno;
	r = write(fd, text, n);
	if (r < 0)
		return -errno;
	return (size_t)r == n ? 0 : -EIO;
}

bool vs_probe_mount(const char *path, long magic)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && (long)fs.f_type == magic;
}

int vs_probe_bpf_lsm(void)
{
	_cleanup_free_ char *list = NULL;
	char *rest, *word;
	int r;

	r = vs_read_file(AT_FDCWD, "/sys/kernel/security/lsm", &list);
	if (r < 0)
		return r;
	rest = list;
	while ((word = strsep(&rest, ",\n")))
		if (strcmp(word, "bpf") == 0)
			return 1;
	return 0;
}

/* --- sched_ext ---------------------------------------------------------------- */

#define SCX	"/sys/kernel/sched_ext"

/* The first line of it; free(). */
static char *read_line(const char *path)
{
	char *content = NULL;

	if (vs_read_file(AT_FDCWD, path, &content) < 0)
		return NULL;
	content[strcspn(content, "\n")] = '\0';
	return content;
}

int vs_probe_scheduler(char **ret_name)
{
	_cleanup_free_ char *state = read_line(SCX "/state"), *name = NULL;

	*ret_name = NULL;
	if (!state)
		return -EOPNOTSUPP;
	if (strcmp(state, "enabled") != 0)
		return 0;
	name = read_line(SCX "/root/ops");	/* gone, if it ends just now */
	if (!name)
		return 0;
	*ret_name = TAKE_PTR(name);
	return 1;
}

bool vs_scheduler_possible(void)
{
	return access(SCX "/state", F_OK) == 0;
}

int vs_scheduler_running(struct vs *vs)
{
	_cleanup_free_ char *name = NULL;

	return vs_probe_scheduler(&name) == 1 && !strcmp(name, VS_SCHEDULER);
}
