// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The sum of a tree.  Directories give their entries in any order; so that of each
 * entry is summed by itself, and these are put together in a way for which order
 * is nothing.
 */
#include "tree_sum.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "scope.h"

#define DEPTH_MAX 1000

struct summing {
	char path[2 * PATH_MAX];
	uint8_t sum[SHA256_DIGEST_SIZE];
};

static void add(struct summing *s, const struct stat *st)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx context;
	char text[128];
	int n;

	n = snprintf(text, sizeof(text), "%o %u %u %lld %lld.%09ld", st->st_mode, st->st_uid,
		     st->st_gid, S_ISDIR(st->st_mode) ? 0 : (long long)st->st_size,
		     (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
	sha256_init(&context);
	sha256_update(&context, strlen(s->path) + 1, (const uint8_t *)s->path);
	sha256_update(&context, (size_t)n, (const uint8_t *)text);
	sha256_digest(&context, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		s->sum[i] ^= digest[i];
}

static int sum_directory(struct summing *s, int fd, unsigned int depth);

static int sum_entry(struct summing *s, int dir, const char *name, unsigned int depth)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV,
	};
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISSOCK(st.st_mode) || S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
		return 0;	/* they are not exported */
	add(s, &st);
	if (!S_ISDIR(st.st_mode))
		return 0;
	fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
	return fd < 0 ? -errno : sum_directory(s, fd, depth + 1);
}

/* Closes @fd. */
static int sum_directory(struct summing *s, int fd, unsigned int depth)
{
	_cleanup_closedir_ DIR *stream = fdopendir(fd);
	size_t before = strlen(s->path);
	const struct dirent *entry;
	int r = 0;

	if (!stream) {
		r = -errno;
		close(fd);
		return r;
	}
	if (depth > DEPTH_MAX)
		return -ELOOP;
	while (!r && (errno = 0, entry = readdir(stream))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (before + 1 + strlen(entry->d_name) >= sizeof(s->path))
			return -ENAMETOOLONG;
		s->path[before] = '/';
		strcpy(s->path + before + 1, entry->d_name);
		r = sum_entry(s, dirfd(stream), entry->d_name, depth);
		s->path[before] = '\0';
	}
	return !r && errno ? -errno : r;
}

int tree_sum(int tree, char text[static TREE_SUM_DIGITS + 1])
{
	int fd = openat(tree, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct summing s = { 0 };
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	add(&s, &st);
	r = sum_directory(&s, fd, 0);
	for (size_t i = 0; i < sizeof(s.sum); i++)
		snprintf(text + 2 * i, 3, "%02x", s.sum[i]);
	return r;
}
