// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Cgroups of guests: made, entered, removed.  Paths are below /sys/fs/cgroup
 * and come from programs of the host, never from a guest.  Which cgroup is
 * whose, the callers know; limits are cgroup_limit.c's, the end of what is in
 * one is cgroup_kill.c's.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "private.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"

/* Below the root, whatever the path looks like. */
int vs_cgroup_find(const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
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
	int fd = vs_cgroup_find(path);

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

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (; *list; list += strcspn(list, " \n"), list += strspn(list, " \n"))
		if (!strncmp(list, word, n) && strchr(" \n", list[n]))
			return true;
	return false;
}

/* Enable in @dir what its own cgroup has and its children have not yet. */
static int enable_controllers(int dir)
{
	static const char *const wanted[] = { "cpu", "cpuset", "memory", "pids", "io" };
	_cleanup_free_ char *there = NULL, *enabled = NULL;
	char text[64];
	int r;

	r = vs_read_file(dir, "cgroup.controllers", &there);
	if (!r)
		r = vs_read_file(dir, "cgroup.subtree_control", &enabled);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted) && !r; i++) {
		if (!has_word(there, wanted[i]) || has_word(enabled, wanted[i]))
			continue;
		snprintf(text, sizeof(text), "+%s", wanted[i]);
		r = vs_write_file(dir, "cgroup.subtree_control", text);
	}
	return r;
}

/* Cgroups are counted for nobody, and there are 65536 with the memory controller
 * in the whole machine: a guest has some, and not so deep that clearing up fails. */
static int bound(int parent, const char *name)
{
	_cleanup_close_ int dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (dir < 0)
		return -errno;
	r = vs_write_file(dir, "cgroup.max.descendants", "1000");
	return r < 0 ? r : vs_write_file(dir, "cgroup.max.depth", "32");
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
	dir = vs_cgroup_find(slash ? parent : "");
	if (dir < 0)
		return vs_fail_errno(vs, dir, "opening the cgroup above %s", path);
	r = enable_controllers(dir);
	if (r < 0)
		return vs_fail_errno(vs, r, "enabling controllers above the cgroup %s", path);
	if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
		return vs_fail_errno(vs, -errno, "making the cgroup %s", path);
	r = bound(dir, name);
	return r < 0 ? vs_fail_errno(vs, r, "limiting the cgroups below %s", path) : 0;
}

int vs_cgroup_delegate(struct vs *vs, int dir, uint32_t owner)
{
	static const char *const files[] = {
		"cgroup.procs", "cgroup.threads", "cgroup.subtree_control",
	};
	int r = fchown(dir, owner, owner);

	for (size_t i = 0; !r && i < sizeof(files) / sizeof(*files); i++)
		r = fchownat(dir, files[i], owner, owner, AT_SYMLINK_NOFOLLOW);
	return r < 0 ? vs_fail_errno(vs, -errno, "giving the guest its cgroup") : 0;
}

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
	_cleanup_close_ int dir = vs_cgroup_find(path);
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
