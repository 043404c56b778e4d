// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's files copied: the tree of one that has a tree of its own, the layer
 * of one that is made from an image, with its link to that.  What overlayfs
 * keeps in layer/work is no part of it and is left out.
 */
#include "guest_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "freeze.h"
#include "scope.h"
#include "state.h"

/* How far it is: of as many entries as there were before it began. */
struct counted {
	uint64_t total;
	unsigned int last;
	void (*percent)(unsigned int percent, void *userdata);
	void *userdata;
};

static void on_entry(uint64_t entries, void *userdata)
{
	struct counted *counted = userdata;
	unsigned int now = counted->total ? (unsigned int)(entries * 100 / counted->total) : 0;

	now = now > 99 ? 99 : now;
	if (now == counted->last)
		return;
	counted->last = now;
	counted->percent(now, counted->userdata);
}

static int open_directory(int dir, const char *name, int flags)
{
	int fd = openat(dir, name, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

const char *guest_part(int dir)
{
	char target[PATH_MAX];

	return readlinkat(dir, "image", target, sizeof(target)) < 0 ? "root" : "layer";
}

static int copy_image(int from, int to, const char *up)
{
	char target[PATH_MAX], moved[PATH_MAX];
	ssize_t size = readlinkat(from, "image", target, sizeof(target) - 1);
	const char *rest = target;

	if (size < 0)
		return -errno;
	target[size] = '\0';
	while (!strncmp(rest, "../", 3))	/* as deep as the guest is */
		rest += 3;
	if (snprintf(moved, sizeof(moved), "%s../../%s", up, rest) >= (int)sizeof(moved))
		return -ENAMETOOLONG;
	return symlinkat(moved, to, "image") < 0 ? -errno : 0;
}

/* An empty directory that is like another. */
static int copy_empty(int from, int to, const char *name)
{
	_cleanup_close_ int in = open_directory(from, name, O_PATH);
	_cleanup_close_ int out = -1;
	struct stat st;

	if (in < 0)
		return in;
	if (fstat(in, &st) < 0 || mkdirat(to, name, 0700) < 0)
		return -errno;
	out = open_directory(to, name, O_PATH);
	return out < 0 ? out : copy_attributes(in, out, &st, COPY_WHOLE);
}

/* What the image was called when the layer was made; there may be none. */
static int copy_name(int from, int to)
{
	_cleanup_close_ int in = openat(from, "name", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_close_ int out = in < 0 ? -1 : openat(to, "name", O_WRONLY | O_CREAT | O_EXCL |
						       O_CLOEXEC, 0600);
	bool shared = true;
	struct stat st;

	if (in < 0)
		return errno == ENOENT ? 0 : -errno;
	if (out < 0 || fstat(in, &st) < 0)
		return -errno;
	return copy_data(in, out, &st, &shared);
}

static int copy_layer(int from, int to, const char *up, const struct copy_progress *progress,
		      struct copy_stats *ret_stats, char **ret_reason)
{
	_cleanup_close_ int in = open_directory(from, "layer", O_RDONLY), out = -1, upper = -1;
	int r = in < 0 ? in : copy_image(from, to, up);

	if (!r)
		r = copy_empty(from, to, "layer");
	if (r < 0)
		return fail(ret_reason, r, "copying its layer: %s", strerror(-r));
	out = open_directory(to, "layer", O_RDONLY);
	upper = open_directory(in, "upper", O_RDONLY);
	r = out < 0 ? out : upper < 0 ? upper : copy_empty(in, out, "work");
	if (!r)
		r = copy_name(in, out);
	if (r < 0)
		return fail(ret_reason, r, "copying its layer: %s", strerror(-r));
	return copy_tree(upper, out, "upper", COPY_WHOLE, progress, ret_stats, ret_reason);
}

static int count_part(int from, bool layer, uint64_t *ret)
{
	_cleanup_close_ int fd = openat(from, layer ? "layer/upper" : "root",
					O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : copy_count(fd, ret);
}

static int copy_part(int from, int to, const char *up, struct counted *counted,
		     struct copy_stats *ret_stats, char **ret_reason)
{
	const struct copy_progress progress = { on_entry, counted };
	const struct copy_progress *told = counted->percent ? &progress : NULL;
	_cleanup_close_ int root = -1;

	if (!strcmp(guest_part(from), "layer"))
		return copy_layer(from, to, up, told, ret_stats, ret_reason);
	root = open_directory(from, "root", O_RDONLY);
	if (root < 0)
		return fail(ret_reason, root, "opening its tree: %s", strerror(-root));
	return copy_tree(root, to, "root", COPY_WHOLE, told, ret_stats, ret_reason);
}

int guest_copy(int from, int to, const char *up, void (*percent)(unsigned int, void *),
	       void *userdata, struct copy_stats *ret_stats, char **ret_reason)
{
	struct counted counted = { .percent = percent, .userdata = userdata };

	if (percent && count_part(from, !strcmp(guest_part(from), "layer"), &counted.total) < 0)
		counted.total = 0;
	return copy_part(from, to, up, &counted, ret_stats, ret_reason);
}

/* What can be done before it stands still is: to count, and to write what is
 * dirty, for which the sharing of blocks would wait. */
int guest_copy_frozen(const char *name, int from, int to, const char *up,
		      void (*percent)(unsigned int, void *), void *userdata,
		      struct copy_stats *ret_stats, uint64_t *ret_pause_ns, char **ret_reason)
{
	struct counted counted = { .percent = percent, .userdata = userdata };
	struct freeze freeze = { .cgroup = -1 };
	struct state *state = NULL;
	int r;

	if (percent && count_part(from, !strcmp(guest_part(from), "layer"), &counted.total) < 0)
		counted.total = 0;
	if (state_read(name, &state) < 0)
		state = NULL;
	if (state && state->cgroup)
		syncfs(from);
	r = state && state->cgroup ? freeze_begin(state->cgroup, &freeze, ret_reason) : 0;
	if (!r)
		r = copy_part(from, to, up, &counted, ret_stats, ret_reason);
	*ret_pause_ns = freeze_end(&freeze);
	state_free(state);
	return r;
}
