// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's traffic of this month.  While it runs the kernel counts, and what has
 * been counted is there whoever looks, as long as the guest runs.  The file beside
 * its tree has what it has used this month up to a look, which one that was, and of
 * which counters: so each look adds what has come since, however often a daemon was
 * started in between, and one that was written twice adds nothing.  A machine that
 * crashes loses what came after the last look that was written, a minute at most.
 *
 * What comes between the last look of a month and the first of the next is the
 * next's.  A clock that goes back changes nothing: that month goes on.
 */
#include "traffic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "scope.h"
#include "state.h"

#define RECORD		"traffic"	/* "MONTH USED REACHED RUN SEEN\n" */
#define WRITE_SECONDS	60

/* --- what is kept --------------------------------------------------------------- */

/* Daemon and supervisor: one at a time reads counters and writes them down. */
static int lock_accounts(void)
{
	_cleanup_close_ int fd = open(STATE_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return -errno;
	return TAKE_FD(fd);
}

static int open_guest(const char *name)
{
	_cleanup_free_ char *path = NULL;
	int fd;

	if (asprintf(&path, GUESTS_DIR "/%s", name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* 0 also where nothing has been kept yet. */
static int read_record(int dir, struct traffic_account *ret)
{
	_cleanup_close_ int fd = openat(dir, RECORD, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct traffic_account account = { 0 };
	unsigned long long used, seen;
	unsigned int reached;
	char text[256] = "";

	if (fd < 0 && errno == ENOENT) {
		*ret = account;
		return 0;
	}
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return -errno;
	if (sscanf(text, "%7s %llu %u %63s %llu", account.month, &used, &reached, account.run,
		   &seen) != 5)
		return -EBADMSG;
	account.used_bytes = used;
	account.seen_bytes = seen;
	account.reached = reached;
	*ret = account;
	return 0;
}

static int write_record(int dir, const struct traffic_account *account)
{
	_cleanup_close_ int fd = openat(dir, RECORD "~", O_WRONLY | O_CREAT | O_TRUNC |
					O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || dprintf(fd, "%s %llu %u %s %llu\n", account->month,
			      (unsigned long long)account->used_bytes, account->reached,
			      account->run, (unsigned long long)account->seen_bytes) < 0 ||
	    fsync(fd) < 0 || renameat(dir, RECORD "~", dir, RECORD) < 0)
		return -errno;
	return 0;
}

static bool is_due(int dir)
{
	struct stat st;
	time_t now = time(NULL);

	return fstatat(dir, RECORD, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_mtime > now ||
	       now - st.st_mtime >= WRITE_SECONDS;
}

/* --- what is now ------------------------------------------------------------------ */

static uint64_t bytes_of(const struct vs_traffic *traffic)
{
	return traffic->ip4.in.bytes + traffic->ip4.out.bytes + traffic->ip6.in.bytes +
	       traffic->ip6.out.bytes;
}

/* These counters, and no others since the world began. */
static int name_run(uint32_t id, char *ret, size_t size)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	char boot[37];

	if (!file || fscanf(file, "%36s", boot) != 1)
		return -EIO;
	snprintf(ret, size, "%s/%u", boot, id);
	return 0;
}

/* Of a later month nothing has been used. */
static void turn_month(struct traffic_account *account)
{
	time_t now = time(NULL);
	char month[TRAFFIC_MONTH];
	struct tm tm;

	tzset();
	if (!localtime_r(&now, &tm) || !strftime(month, sizeof(month), "%Y-%m", &tm) ||
	    strcmp(month, account->month) <= 0)
		return;
	memcpy(account->month, month, sizeof(month));
	account->used_bytes = 0;
	account->reached = false;
}

static int add_counters(struct vs *vs, const char *cgroup, struct traffic_account *account)
{
	struct vs_traffic traffic;
	char run[64];
	int r;

	r = vs_traffic_read(vs, cgroup, &traffic);
	if (!r)
		r = name_run(traffic.id, run, sizeof(run));
	if (r < 0)
		return r;
	if (strcmp(run, account->run)) {
		memcpy(account->run, run, sizeof(run));
		account->seen_bytes = 0;
	}
	account->used_bytes += bytes_of(&traffic) - account->seen_bytes;
	account->seen_bytes = bytes_of(&traffic);
	return 0;
}

static int look(struct vs *vs, int dir, const char *cgroup, struct traffic_account *ret_kept,
		struct traffic_account *ret)
{
	int r = read_record(dir, ret);

	if (r < 0)
		return r;
	*ret_kept = *ret;
	turn_month(ret);
	if (!*ret->run)		/* a word for the file */
		strcpy(ret->run, "-");
	return cgroup ? add_counters(vs, cgroup, ret) : 0;
}

int traffic_account(struct vs *vs, const char *name, const char *cgroup,
		    struct traffic_account *ret)
{
	_cleanup_close_ int dir = open_guest(name);
	struct traffic_account kept;

	return dir < 0 ? dir : look(vs, dir, cgroup, &kept, ret);
}

/* --- what follows ------------------------------------------------------------------- */

bool traffic_is_over(const struct config *config, const struct traffic_account *account)
{
	return account->used_bytes >= config->quota.bytes;
}

static const struct vs_rate *slower(const struct vs_rate *a, const struct vs_rate *b)
{
	return a->bits <= b->bits ? a : b;
}

/* UINT64_MAX bits is none. */
static int apply(struct vs *vs, const struct config *config, const char *cgroup, bool over)
{
	const struct vs_rate *in = &config->rate_in, *out = &config->rate_out;

	if (over && config->quota.then.bits) {
		in = slower(in, &config->quota.then);
		out = slower(out, &config->quota.then);
	}
	return vs_traffic_limit(vs, cgroup, in, out);
}

int traffic_apply(struct vs *vs, const struct config *config, const char *cgroup)
{
	struct traffic_account account = { 0 };

	/* One that cannot be read limits nobody; whoever looks at it says so. */
	traffic_account(vs, config->name, cgroup, &account);
	return apply(vs, config, cgroup, traffic_is_over(config, &account));
}

int traffic_keep(struct vs *vs, const char *name, const char *cgroup)
{
	_cleanup_close_ int lock = lock_accounts();
	_cleanup_close_ int dir = open_guest(name);
	struct traffic_account kept, account;
	int r;

	if (lock < 0 || dir < 0)
		return lock < 0 ? lock : dir;
	r = look(vs, dir, cgroup, &kept, &account);
	return r < 0 ? r : write_record(dir, &account);
}

int traffic_settle(struct vs *vs, const struct config *config, const char *cgroup,
		   bool *ret_over, bool *ret_told)
{
	_cleanup_close_ int lock = lock_accounts();
	_cleanup_close_ int dir = open_guest(config->name);
	struct traffic_account kept, now;
	bool over;
	int r;

	if (lock < 0 || dir < 0)
		return lock < 0 ? lock : dir;
	r = look(vs, dir, cgroup, &kept, &now);
	if (r < 0)
		return r;
	over = traffic_is_over(config, &now);
	r = apply(vs, config, cgroup, over);
	now.reached = over;
	if (!r && (strcmp(now.month, kept.month) || strcmp(now.run, kept.run) ||
		   now.reached != kept.reached ||
		   (now.used_bytes != kept.used_bytes && is_due(dir))))
		r = write_record(dir, &now);
	if (r < 0)
		return r;
	*ret_over = over;
	*ret_told = over && !(kept.reached && !strcmp(now.month, kept.month));
	return 0;
}
