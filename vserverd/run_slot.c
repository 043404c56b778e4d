// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The numbers of runs.  A run asks nobody: it takes the lock of a number's file, and
 * with it all that goes by that number.  A lock ends with the last process that has
 * it, so that a number which can be had is one of a run that has ended; if that was
 * killed with all who watched over it, what it has left is found by the number, and
 * removed by who has it next, or by the daemon when it starts.
 */
#include "run_slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "fail.h"
#include "ids.h"
#include "run_layer.h"
#include "scope.h"

#define TRIES		64	/* others may be quicker */
#define KILL_LIMIT_NS	10000000000ULL

static int open_runs(char **ret_reason)
{
	int fd = open(RUNS_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && (mkdir(RUNS_DIR, 0700) == 0 || errno == EEXIST))
		fd = open(RUNS_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? fail(ret_reason, -errno, RUNS_DIR ": %s", strerror(errno)) : fd;
}

/* Whether a range is the host's by now is asked again when a list of them is another
 * than it was when that was last asked, which the number's file says.  Which of the two
 * is newer nobody can tell: clocks are set. */
static const char *const lists[] = { "/etc/passwd", "/etc/group", "/etc/subuid", "/etc/subgid" };

struct look {
	struct {
		uint64_t device, inode, size;
		int64_t seconds, nanoseconds;	/* of its last change; mtime may be a copy's */
	} list[sizeof(lists) / sizeof(*lists)];
};

/* false: one is so young that it may change and look the same. */
static bool look(struct look *ret)
{
	struct timespec now;
	bool lasting = true;

	*ret = (struct look){ 0 };
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		struct stat st;

		if (stat(lists[i], &st) < 0)
			continue;
		ret->list[i].device = st.st_dev;
		ret->list[i].inode = st.st_ino;
		ret->list[i].size = (uint64_t)st.st_size;
		ret->list[i].seconds = st.st_ctim.tv_sec;
		ret->list[i].nanoseconds = st.st_ctim.tv_nsec;
		clock_gettime(CLOCK_REALTIME_COARSE, &now);	/* which files have */
		lasting &= st.st_ctim.tv_sec != now.tv_sec;
	}
	return lasting;
}

/* 1: it is ours alone; 0: it is another's. */
static int check(int runs, const char *name, unsigned int n, int file, char **ret_reason)
{
	struct look now, then;
	struct stat st, there;
	bool lasting;
	int r;

	if (fstat(file, &st) < 0)
		return -errno;
	/* Its last holder may have taken it out of the pool. */
	if (fstatat(runs, name, &there, AT_SYMLINK_NOFOLLOW) < 0 || there.st_ino != st.st_ino)
		return 0;
	lasting = look(&now);
	if (pread(file, &then, sizeof(then), 0) == sizeof(then) &&
	    !memcmp(&then, &now, sizeof(now)))
		return 1;
	r = ids_check_run(n, ret_reason);
	if (r == 1 && lasting && pwrite(file, &now, sizeof(now), 0) < 0)
		r = fail(ret_reason, -errno, RUNS_DIR "/%s: %s", name, strerror(errno));
	if (r == 0)
		unlinkat(runs, name, 0);
	return r;
}

/* 1: taken; 0: none of those that there are can be had. */
static int take_one(int runs, struct run_slot *ret, char **ret_reason)
{
	int copy = openat(runs, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	unsigned int n;

	while (dir && (entry = readdir(dir))) {
		_cleanup_close_ int file = -1;
		int r;

		if (!ids_parse_run(entry->d_name, &n))
			continue;
		file = openat(runs, entry->d_name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
		if (file < 0 || flock(file, LOCK_EX | LOCK_NB) < 0)
			continue;
		r = check(runs, entry->d_name, n, file, ret_reason);
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		ret->lock = TAKE_FD(file);
		ret->n = n;
		ret->user_first = ids_of_run(n);
		return 1;
	}
	return 0;
}

void run_slot_place(struct run_slot *slot, bool devices)
{
	snprintf(slot->name, sizeof(slot->name), "run-%u", slot->n);
	snprintf(slot->cgroup, sizeof(slot->cgroup), "%s/%u",
		 devices ? RUNS_DEVICES_CGROUP : RUNS_CGROUP, slot->n);
}

/* --- what is left ------------------------------------------------------------------- */

static int clear_cgroup(struct vs *vs, struct run_slot slot, bool devices)
{
	int r;

	run_slot_place(&slot, devices);
	r = vs_cgroup_kill(vs, slot.cgroup, KILL_LIMIT_NS);
	return r < 0 ? r : vs_cgroup_remove(vs, slot.cgroup);
}

int run_slot_clear(struct vs *vs, const struct run_slot *slot)
{
	struct vs_context ctx;
	int r;

	r = clear_cgroup(vs, *slot, false);
	if (!r)
		r = clear_cgroup(vs, *slot, true);
	if (!r && run_layer_is_there(slot->n))
		r = run_layer_remove(slot->n);
	if (r < 0)
		return r;
	/* Others may be called so: guests are persistent, and a bare context has no group. */
	if (vs_context_find(vs, slot->name, &ctx) < 0 ||
	    (ctx.flags & (VS_FLAG_CGROUP | VS_FLAG_PERSISTENT)) != VS_FLAG_CGROUP)
		return 0;
	r = vs_context_empty(vs, ctx.xid, KILL_LIMIT_NS);
	if (!r)
		r = vs_context_end(vs, ctx.xid);
	return r == -ESRCH ? 0 : r;
}

static bool is_left(const struct run_slot *slot)
{
	static const char *const groups[] = { RUNS_CGROUP, RUNS_DEVICES_CGROUP };
	char path[96];

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/%u", groups[i], slot->n);
		if (access(path, F_OK) == 0)
			return true;
	}
	return run_layer_is_there(slot->n);
}

/* What a run had written when the machine was switched off: nobody has the number. */
static void sweep_layers(void)
{
	_cleanup_closedir_ DIR *dir = opendir(GUESTS_DIR);
	const struct dirent *entry;
	char path[64];
	unsigned int n;

	while (dir && (entry = readdir(dir))) {
		if (!run_layer_parse(entry->d_name, &n))
			continue;
		snprintf(path, sizeof(path), RUNS_DIR "/%u", n);
		if (access(path, F_OK) < 0)
			run_layer_remove(n);
	}
}

void run_slots_sweep(struct vs *vs)
{
	_cleanup_closedir_ DIR *dir = opendir(RUNS_DIR);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct run_slot slot = { .lock = -1 };
		_cleanup_close_ int file = -1;

		if (!ids_parse_run(entry->d_name, &slot.n))
			continue;
		file = openat(dirfd(dir), entry->d_name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
		if (file < 0 || flock(file, LOCK_EX | LOCK_NB) < 0)
			continue;
		run_slot_place(&slot, false);
		run_slot_clear(vs, &slot);
	}
	sweep_layers();
}

/* --- taking ------------------------------------------------------------------------- */

int run_slot_take(struct vs *vs, struct run_slot *ret, char **ret_reason)
{
	_cleanup_close_ int runs = -1;
	struct run_slot slot = { .lock = -1 };
	int r = 0;

	*ret_reason = NULL;
	runs = open_runs(ret_reason);
	if (runs < 0)
		return runs;
	for (int i = 0; i < TRIES && r == 0; i++) {
		r = take_one(runs, &slot, ret_reason);
		if (r == 0 && ids_add_run(ret_reason) < 0)
			return -ENOSPC;
	}
	if (r <= 0)
		return r < 0 ? r : fail(ret_reason, -EBUSY, "others took each range of user "
					"ids that was free; try again");
	run_slot_place(&slot, false);
	r = is_left(&slot) ? run_slot_clear(vs, &slot) : 0;
	if (r < 0) {
		close(slot.lock);
		return fail(ret_reason, r, "removing what is left of another run: %s",
			    vs_reason(vs));
	}
	*ret = slot;
	return 0;
}
