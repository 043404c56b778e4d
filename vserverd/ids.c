// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Ranges of user ids, one a guest, none in two hands: not those of other
 * guests, of the host's users and groups, or of their subordinate ids.  On the
 * disk a guest's files have the ids 0 to 65535 whatever its range is, so that
 * one which turns out to be another's is simply replaced at the next start.
 *
 * A guest has its range for good.  Those of runs (vserver run) are in a pool, which
 * grows to as many as there have been at once: a file each, whose lock is held for
 * as long as the run lasts, so that it costs one that comes later nothing to find.
 * From its first moment on such a range is no guest's.
 */
#include "ids.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "config.h"
#include "fail.h"
#include "scope.h"

#define RECORD "ids"		/* "FIRST COUNT\n" */

/* One bit a range that is taken. */
#define SLOTS ((VS_USER_END - VS_USER_FIRST) / VS_USER_COUNT)

struct taken {
	bool slot[SLOTS];
};

static void take(struct taken *taken, uint64_t first, uint64_t count)
{
	uint64_t end = first + count;

	if (!count || end <= VS_USER_FIRST || first >= VS_USER_END)
		return;
	if (first < VS_USER_FIRST)
		first = VS_USER_FIRST;
	if (end > VS_USER_END || end < first)
		end = VS_USER_END;
	for (uint64_t i = first - VS_USER_FIRST; i < end - VS_USER_FIRST;
	     i += VS_USER_COUNT - i % VS_USER_COUNT)
		taken->slot[i / VS_USER_COUNT] = true;
}

/* --- records ------------------------------------------------------------------------ */

/* 0; -ENOENT there is none; -EBADMSG it is none of ours. */
static int read_record(int guests, const char *name, uint32_t *ret_first)
{
	_cleanup_close_ int dir = openat(guests, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					 O_CLOEXEC);
	_cleanup_close_ int fd = dir < 0 ? -1 : openat(dir, RECORD, O_RDONLY | O_NOFOLLOW |
						       O_CLOEXEC);
	unsigned int first, count;
	char text[64] = "";

	if (fd < 0)
		return errno == ENOTDIR ? -ENOENT : -errno;
	if (read(fd, text, sizeof(text) - 1) < 0)
		return -errno;
	if (sscanf(text, "%u %u", &first, &count) != 2 || count != VS_USER_COUNT ||
	    first < VS_USER_FIRST || first >= VS_USER_END ||
	    (first - VS_USER_FIRST) % VS_USER_COUNT)
		return -EBADMSG;
	*ret_first = first;
	return 0;
}

static int write_record(int guests, const char *name, uint32_t first)
{
	_cleanup_close_ int dir = openat(guests, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					 O_CLOEXEC);
	_cleanup_close_ int fd = dir < 0 ? -1 : openat(dir, RECORD "~", O_WRONLY | O_CREAT |
						       O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || dprintf(fd, "%u %u\n", first, VS_USER_COUNT) < 0 || fsync(fd) < 0 ||
	    renameat(dir, RECORD "~", dir, RECORD) < 0 || fsync(dir) < 0)
		return -errno;
	return 0;
}

/* What is being built or removed has a dot before its name, and no processes. */
static int take_guests(int guests, const char *name, struct taken *taken, char **ret_reason)
{
	int copy = openat(guests, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	uint32_t first;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		int r;

		if (*entry->d_name == '.' || !strcmp(entry->d_name, name))
			continue;
		r = read_record(guests, entry->d_name, &first);
		if (!r)
			take(taken, first, VS_USER_COUNT);
		else if (r != -ENOENT)
			return fail(ret_reason, r, GUESTS_DIR "/%s/" RECORD ": %s; stop that "
				    "guest and remove the file", entry->d_name, r == -EBADMSG ?
				    "it is no range of user ids" : strerror(-r));
	}
	return 0;
}

/* --- the host's ---------------------------------------------------------------------- */

/* A file that cannot be read may give away anything. */
static int take_subordinates(const char *path, struct taken *taken, char **ret_reason)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	if (!file)
		return errno == ENOENT ? 0 : fail(ret_reason, -errno, "%s: %s", path,
						  strerror(errno));
	while (getline(&line, &size, file) > 0) {
		unsigned long long first, count;

		if (sscanf(line, "%*[^:]:%llu:%llu", &first, &count) == 2 &&
		    first <= UINT32_MAX && count <= UINT32_MAX)
			take(taken, first, count);
	}
	return feof(file) ? 0 : fail(ret_reason, -errno, "%s: %s", path, strerror(errno));
}

static void take_users(struct taken *taken)
{
	const struct passwd *user;
	const struct group *group;

	setpwent();
	while ((user = getpwent())) {
		take(taken, user->pw_uid, 1);
		take(taken, user->pw_gid, 1);
	}
	endpwent();
	setgrent();
	while ((group = getgrent()))
		take(taken, group->gr_gid, 1);
	endgrent();
}

static int take_host(struct taken *taken, char **ret_reason)
{
	int r = take_subordinates("/etc/subuid", taken, ret_reason);

	if (!r)
		r = take_subordinates("/etc/subgid", taken, ret_reason);
	if (!r)
		take_users(taken);
	return r;
}

/* --- runs' ----------------------------------------------------------------------------- */

bool ids_parse_run(const char *name, unsigned int *ret)
{
	size_t digits = strspn(name, "0123456789");
	unsigned long n = strtoul(name, NULL, 10);

	if (!digits || name[digits] || digits > 5 || n >= SLOTS)
		return false;
	*ret = (unsigned int)n;
	return true;
}

uint32_t ids_of_run(unsigned int n)
{
	return VS_USER_FIRST + n * VS_USER_COUNT;
}

static int take_runs(struct taken *taken)
{
	_cleanup_closedir_ DIR *dir = opendir(RUNS_DIR);
	const struct dirent *entry;
	unsigned int n;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(dir)))
		if (ids_parse_run(entry->d_name, &n))
			taken->slot[n] = true;
	return 0;
}

static int no_range(char **ret_reason)
{
	return fail(ret_reason, -ENOSPC, "no range of %u user ids is free from %u to %u; "
		    "take some out of /etc/subuid and /etc/subgid, or set user = host",
		    VS_USER_COUNT, VS_USER_FIRST, VS_USER_END - 1);
}

static int lock_guests(void)
{
	_cleanup_close_ int guests = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (guests < 0)
		return -errno;
	while (flock(guests, LOCK_EX) < 0)	/* of two that start, one waits */
		if (errno != EINTR)
			return -errno;
	return TAKE_FD(guests);
}

/* The last one that is free: guests have the first. */
int ids_add_run(char **ret_reason)
{
	_cleanup_close_ int guests = lock_guests(), file = -1;
	struct taken taken = { 0 };
	char path[64];
	size_t i = SLOTS;
	int r;

	*ret_reason = NULL;
	if (guests < 0)
		return fail(ret_reason, guests, GUESTS_DIR ": %s", strerror(-guests));
	r = take_guests(guests, "", &taken, ret_reason);
	if (!r)
		r = take_host(&taken, ret_reason);
	if (!r)
		r = take_runs(&taken);
	if (r < 0)
		return r;
	while (i > 0 && taken.slot[i - 1])
		i--;
	if (i == 0)
		return no_range(ret_reason);
	snprintf(path, sizeof(path), RUNS_DIR "/%zu", i - 1);
	file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	return file < 0 ? fail(ret_reason, -errno, "%s: %s", path, strerror(errno)) : 0;
}

int ids_check_run(unsigned int n, char **ret_reason)
{
	_cleanup_close_ int guests = lock_guests();
	struct taken taken = { 0 };
	int r;

	*ret_reason = NULL;
	if (guests < 0)
		return fail(ret_reason, guests, GUESTS_DIR ": %s", strerror(-guests));
	r = take_guests(guests, "", &taken, ret_reason);
	if (!r)
		r = take_host(&taken, ret_reason);
	return r < 0 ? r : !taken.slot[n];
}

/* --- a guest's ------------------------------------------------------------------------ */

static int choose(int guests, const char *name, uint32_t *ret_first, char **ret_reason)
{
	struct taken taken = { 0 };
	uint32_t first, i;
	int r;

	r = take_guests(guests, name, &taken, ret_reason);
	if (r < 0)
		return r;
	r = take_host(&taken, ret_reason);
	if (!r)
		r = take_runs(&taken);
	if (r < 0)
		return r;

	r = read_record(guests, name, &first);
	if (!r && !taken.slot[(first - VS_USER_FIRST) / VS_USER_COUNT]) {
		*ret_first = first;
		return 0;
	}
	for (i = 0; i < SLOTS && taken.slot[i]; i++)
		;
	if (i == SLOTS)
		return no_range(ret_reason);
	*ret_first = VS_USER_FIRST + i * VS_USER_COUNT;
	return write_record(guests, name, *ret_first);
}

int ids_take(const char *name, uint32_t *ret_first, char **ret_reason)
{
	_cleanup_close_ int guests = lock_guests();

	*ret_reason = NULL;
	if (guests < 0)
		return fail(ret_reason, guests, GUESTS_DIR ": %s", strerror(-guests));
	return choose(guests, name, ret_first, ret_reason);
}
