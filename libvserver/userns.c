// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's user namespace: ids of its own for the processes, while its files
 * keep the ids that they have on the disk.  Which range it is, is the caller's.
 *
 * The namespace belongs to the range's first id, not to the host's root: what
 * the kernel counts by user (inotify, signals, keys) it also counts for the
 * owner of the namespace, who would else be one and the same for all guests.
 */
#include "userns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "child.h"
#include "private.h"

/* --- making one ----------------------------------------------------------------- */

/* Another effective user, and all capabilities still. */
static int become_owner(uint32_t first)
{
	int bits = prctl(PR_GET_SECUREBITS);

	if (bits < 0 || prctl(PR_SET_SECUREBITS, bits | SECBIT_NO_SETUID_FIXUP) < 0 ||
	    setresuid((uid_t)-1, first, (uid_t)-1) < 0)
		return -errno;
	return bits;
}

static int become_host(int bits)
{
	if (setresuid((uid_t)-1, 0, (uid_t)-1) < 0 || prctl(PR_SET_SECUREBITS, bits) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	return 0;
}

pid_t vs_userns_clone(uint64_t flags, int cgroup, uint32_t first)
{
	pid_t pid;
	int bits, r;

	if (!first)
		return vs_child_clone(flags, cgroup);
	bits = become_owner(first);
	if (bits < 0)
		return bits;
	pid = vs_child_clone(flags | CLONE_NEWUSER, cgroup);
	if (pid == 0)
		return 0;
	r = become_host(bits);
	return r < 0 && pid > 0 ? r : pid;
}

int vs_userns_map(struct vs *vs, pid_t pid, uint32_t first)
{
	static const char *const files[] = { "gid_map", "uid_map" };
	char path[64], text[64];

	snprintf(text, sizeof(text), "0 %u %u\n", first, VS_USER_COUNT);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int r;

		snprintf(path, sizeof(path), "/proc/%d/%s", pid, files[i]);
		r = vs_write_file(AT_FDCWD, path, text);
		if (r < 0)
			return vs_fail_errno(vs, r, "giving it the user ids from %u on", first);
	}
	return 0;
}

int vs_userns_open(struct vs *vs, pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? vs_fail_errno(vs, -errno, "opening its user namespace") : fd;
}

int vs_userns_first(struct vs *vs, pid_t pid, uint32_t *ret)
{
	_cleanup_free_ char *map = NULL;
	unsigned int inside, outside, count;
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	r = vs_read_file(AT_FDCWD, path, &map);
	if (r < 0)
		return vs_fail_errno(vs, r, "reading the user ids of the guest's init");
	if (sscanf(map, "%u %u %u", &inside, &outside, &count) != 3 || inside != 0)
		return vs_fail(vs, -EBADMSG, "the user ids of the guest's init are not known");
	*ret = outside;
	return 0;
}

/* --- file systems ------------------------------------------------------------------ */

int vs_userns_map_mount(int mount, int userns)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns };

	return mount_setattr(mount, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0 ?
	       -errno : 0;
}

/* A namespace that nobody is in, kept by its descriptor. */
static int make_empty(struct vs *vs, uint32_t first)
{
	int pair[2], fd = -1, r;
	char byte = 0;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return vs_fail_errno(vs, -errno, "making a channel");
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		if (unshare(CLONE_NEWUSER) == 0 && write(pair[1], &byte, 1) == 1)
			byte = read(pair[1], &byte, 1) != 0;	/* until it is opened */
		_exit(0);
	}
	r = pid < 0 ? -errno : 0;
	close(pair[1]);
	if (!r && read(pair[0], &byte, 1) != 1)
		r = -EPERM;
	if (r < 0)
		vs_fail_errno(vs, r, "making a user namespace");
	else
		r = vs_userns_map(vs, pid, first);
	if (!r)
		fd = r = vs_userns_open(vs, pid);
	close(pair[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return r < 0 ? r : fd;
}

int vs_userns_probe(struct vs *vs, const char *path)
{
	_cleanup_close_ int tree = -1, userns = make_empty(vs, VS_USER_FIRST);
	int r;

	if (userns < 0)
		return userns;
	tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0)
		return vs_fail_errno(vs, -errno, "opening %s", path);
	r = vs_userns_map_mount(tree, userns);
	return r < 0 ? vs_fail_errno(vs, r, "mapping the ids of %s", path) : 0;
}
