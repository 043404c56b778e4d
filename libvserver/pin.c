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

/* A descriptor of the map @name that the program @id uses, or -ENOENT. */
static int map_of_program(uint32_t id, const char *name)
{
	_cleanup_close_ int program = bpf_prog_get_fd_by_id(id);
	uint32_t maps[64], size = sizeof(struct bpf_prog_info);
	struct bpf_prog_info info = { .nr_map_ids = 64, .map_ids = (uintptr_t)maps };

	if (program < 0 || bpf_prog_get_info_by_fd(program, &info, &size) < 0)
		return -ENOENT;
	for (uint32_t i = 0; i < info.nr_map_ids && i < 64; i++) {
		_cleanup_close_ int map = bpf_map_get_fd_by_id(maps[i]);
		struct bpf_map_info of = {};
		uint32_t of_size = sizeof(of);

		if (map >= 0 && bpf_map_get_info_by_fd(map, &of, &of_size) == 0 &&
		    strcmp(of.name, name) == 0 &&
		    (of.type == BPF_MAP_TYPE_TASK_STORAGE ||
		     of.type == BPF_MAP_TYPE_SK_STORAGE))
			return TAKE_FD(map);
	}
	return -ENOENT;
}

/* Is the program @id one of ours?  The name of its LSM hook's program says so. */
static bool is_ours(uint32_t id)
{
	_cleanup_close_ int program = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);

	return program >= 0 && bpf_prog_get_info_by_fd(program, &info, &size) == 0 &&
	       (strcmp(info.name, "vs_task_alloc") == 0 ||
		strncmp(info.name, "vs_socket_post", 14) == 0);
}

/*
 * bpffs may have been unmounted: the module still holds the links, and tasks
 * still have their identity in the map that the attached programs use.  A new
 * map would make all of them the host's.
 */
static int map_of_links(const char *name)
{
	uint32_t id = 0;

	while (bpf_link_get_next_id(id, &id) == 0) {
		_cleanup_close_ int link = bpf_link_get_fd_by_id(id);
		struct bpf_link_info info = {};
		uint32_t size = sizeof(info);
		int map;

		if (link < 0 || bpf_link_get_info_by_fd(link, &info, &size) < 0 ||
		    !is_ours(info.prog_id))
			continue;
		map = map_of_program(info.prog_id, name);
		if (map >= 0)
			return map;
	}
	return -ENOENT;
}

int vs_pin_map(const char *path, const char *name)
{
	int fd = bpf_obj_get(path);

	return fd >= 0 ? fd : map_of_links(name);
}
