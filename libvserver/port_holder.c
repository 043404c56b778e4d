// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Who has a socket: of all processes the first that has its inode open.  That is
 * the server that made it, and not one that it gave it to; systemd, where that
 * listens for it.  A socket that no process has is the kernel's own.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "port.h"

static void cleanup_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define _cleanup_dir_	__attribute__((cleanup(cleanup_dir)))

static void match(struct vs_holder *holders, size_t n, uint32_t inode, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (holders[i].inode == inode && !holders[i].pid)
			holders[i].pid = pid;
}

/* Processes that have gone meanwhile have nothing. */
static void look_at(int proc, const char *name, struct vs_holder *holders, size_t n)
{
	char path[64], link[64];
	struct dirent *entry;
	_cleanup_dir_ DIR *dir = NULL;
	int fd;

	snprintf(path, sizeof(path), "%.20s/fd", name);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		ssize_t size = readlinkat(fd, entry->d_name, link, sizeof(link) - 1);
		unsigned long inode;

		if (size <= 0)
			continue;
		link[size] = '\0';
		if (sscanf(link, "socket:[%lu]", &inode) == 1)
			match(holders, n, (uint32_t)inode, atoi(name));
	}
}

static bool all_found(const struct vs_holder *holders, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!holders[i].pid)
			return false;
	return true;
}

int vs_holders_find(struct vs_holder *holders, size_t n)
{
	_cleanup_dir_ DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (!proc)
		return -errno;
	while ((entry = readdir(proc)) && !all_found(holders, n))
		if (*entry->d_name >= '1' && *entry->d_name <= '9')
			look_at(dirfd(proc), entry->d_name, holders, n);
	return 0;
}

/* "0::/system.slice/ssh.service": the last part of it that is a unit's. */
static char *unit_of(char *cgroup)
{
	char *found = NULL, *part;

	while ((part = strsep(&cgroup, "/\n"))) {
		const char *dot = strrchr(part, '.');

		if (dot && (!strcmp(dot, ".service") || !strcmp(dot, ".scope")))
			found = part;
	}
	return strdup(found ?: "");
}

int vs_holder_name(pid_t pid, char **ret_command, char **ret_unit)
{
	_cleanup_free_ char *command = NULL, *cgroup = NULL, *unit = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (!pid || vs_read_file(AT_FDCWD, path, &command) < 0)
		command = strdup("");
	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	if (!pid || vs_read_file(AT_FDCWD, path, &cgroup) < 0)
		cgroup = strdup("");
	unit = cgroup ? unit_of(cgroup) : NULL;
	if (!command || !unit)
		return -ENOMEM;
	command[strcspn(command, "\n")] = '\0';
	*ret_command = TAKE_PTR(command);
	*ret_unit = TAKE_PTR(unit);
	return 0;
}
