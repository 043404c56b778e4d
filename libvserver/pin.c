// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What is pinned below /sys/fs/bpf/vserver: the directories, their removal,
 * and the maps that one generation of programs hands to the next.  What is
 * attached, and when, is decided elsewhere.
 */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "bpf/vs_bpf.h"
#include "private.h"

#define BPFFS	"/sys/fs/bpf"

int vs_pin_lock(struct vs *vs)
{
	_cleanup_close_ int fd = -1;

	if (!vs_probe_mount(BPFFS, BPF_FS_MAGIC) &&
	    mount("bpf", BPFFS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700") < 0)
		return vs_fail_errno(vs, -errno, "mounting " BPFFS);
	if (mkdir(VS_PIN_ROOT, 0700) < 0 && errno != EEXIST)
		return vs_fail_errno(vs, -errno, "making %s", VS_PIN_ROOT);
	fd = open(VS_PIN_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return vs_fail_errno(vs, -errno, "locking %s", VS_PIN_ROOT);
	return TAKE_FD(fd);
}

int vs_pin_remove(const char *directory)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(dirfd(dir), entry->d_name, 0) < 0)
			r = -errno;
	closedir(dir);
	if (!r && rmdir(directory) < 0)
		r = -errno;
	return r;
}

/* --- maps ---------------------------------------------------------------------- */

/*
 * Here -ENOENT means "there is none", and nothing else does: who takes any
 * other failure for it makes a new map, in which every task is the host's.
 */

/* A descriptor of what has the id.  What has gone since it was listed is
 * -ENOENT, and so is a link that is not attached yet. */
static int by_id(int (*get_fd)(uint32_t id), uint32_t id)
{
	int fd = get_fd(id);

	if (fd >= 0)
		return fd;
	return errno == EAGAIN ? -ENOENT : -errno;
}

static int info_of(int fd, void *info, uint32_t size)
{
	return bpf_obj_get_info_by_fd(fd, info, &size) < 0 ? -errno : 0;
}

/* A descriptor of the map @id if it is called @name, or -ENOENT. */
static int map_of_id(uint32_t id, const char *name)
{
	_cleanup_close_ int map = by_id(bpf_map_get_fd_by_id, id);
	struct bpf_map_info info = {};
	int r;

	if (map < 0)
		return map;
	r = info_of(map, &info, sizeof(info));
	if (r < 0)
		return r;
	if (strcmp(info.name, name) != 0 || (info.type != BPF_MAP_TYPE_TASK_STORAGE &&
					     info.type != BPF_MAP_TYPE_SK_STORAGE))
		return -ENOENT;
	return TAKE_FD(map);
}

/* Is the program one of ours?  The name of its LSM hook's program says so. */
static bool is_ours(const struct bpf_prog_info *info)
{
	return strcmp(info->name, "vs_task_alloc") == 0 ||
	       strncmp(info->name, "vs_socket_post", 14) == 0;
}

/* A descriptor of the map @name that the program @id, if it is ours, uses. */
static int map_of_program(uint32_t id, const char *name)
{
	_cleanup_close_ int program = by_id(bpf_prog_get_fd_by_id, id);
	uint32_t maps[64];
	struct bpf_prog_info info = { .nr_map_ids = 64, .map_ids = (uintptr_t)maps };
	int r;

	if (program < 0)
		return program;
	r = info_of(program, &info, sizeof(info));
	if (r < 0)
		return r;
	for (uint32_t i = 0; is_ours(&info) && i < info.nr_map_ids && i < 64; i++) {
		r = map_of_id(maps[i], name);
		if (r != -ENOENT)
			return r;
	}
	return -ENOENT;
}

/* The same of the program that the link @id has attached. */
static int map_of_link(uint32_t id, const char *name)
{
	_cleanup_close_ int link = by_id(bpf_link_get_fd_by_id, id);
	struct bpf_link_info info = {};
	int r;

	if (link < 0)
		return link;
	r = info_of(link, &info, sizeof(info));
	return r < 0 ? r : map_of_program(info.prog_id, name);
}

/*
 * bpffs may have been unmounted: the module still holds the links, and tasks
 * still have their identity in the map that the attached programs use.
 */
static int map_of_links(const char *name)
{
	uint32_t id = 0;

	while (bpf_link_get_next_id(id, &id) == 0) {
		int r = map_of_link(id, name);

		if (r != -ENOENT)
			return r;
	}
	return -errno;		/* ENOENT: that was the last link */
}

int vs_pin_map(const char *path, const char *name)
{
	int fd = bpf_obj_get(path);

	if (fd >= 0)
		return fd;
	return errno == ENOENT ? map_of_links(name) : -errno;
}

int vs_pin_map_id(int fd, uint32_t *ret)
{
	struct bpf_map_info info = {};
	int r = info_of(fd, &info, sizeof(info));

	if (!r)
		*ret = info.id;
	return r;
}
