// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The state files: JSON, one a guest, replaced whole.  The supervisor writes its
 * guest's; which addresses are on the host for it, the daemon changes too.  So that
 * part is taken from the file at each write, and the directory is locked meanwhile.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vserver.h>

#include "fail.h"
#include "scope.h"
#include "state.h"
#include "state_json.h"

static int path_of(const char *name, const char *suffix, char **ret)
{
	if (!vs_name_valid(name))
		return -EINVAL;
	return asprintf(ret, "%s/%s%s", STATE_DIR, name, suffix) < 0 ? -ENOMEM : 0;
}

/* --- writing ----------------------------------------------------------------- */

static int write_whole(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = write(fd, text, left);

		if (n < 0)
			return -errno;
		text += n;
		left -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* A descriptor that holds the lock. */
static int lock_states(void)
{
	_cleanup_close_ int fd = -1;

	if (mkdir("/run/vserver", 0755) < 0 && errno != EEXIST)
		return -errno;
	if (mkdir(STATE_DIR, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = open(STATE_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return -errno;
	return TAKE_FD(fd);
}

static int replace(const char *name, const struct state *state)
{
	char *path = NULL, *temporary = NULL, *text = NULL;
	int fd = -1, r;

	r = path_of(name, ".json", &path);
	if (!r)
		r = path_of(name, ".json~", &temporary);
	if (!r)
		r = state_to_json(state, &text);
	if (r)
		goto out;

	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	r = fd < 0 ? -errno : write_whole(fd, text);
	if (!r && rename(temporary, path) < 0)
		r = -errno;
	if (r && fd >= 0)
		unlink(temporary);
out:
	if (fd >= 0)
		close(fd);
	free(path);
	free(temporary);
	free(text);
	return r;
}

int state_write(const char *name, const struct state *state)
{
	_cleanup_close_ int lock = lock_states();
	struct state *before = NULL, whole = *state;
	int r;

	if (lock < 0)
		return lock;
	if (state_read(name, &before) < 0)
		before = NULL;
	whole.added = before ? before->added : NULL;
	whole.n_added = before ? before->n_added : 0;
	r = replace(name, &whole);
	state_free(before);
	return r;
}

int state_check_down(const char *name, char **ret_reason)
{
	struct state *state;
	bool down;
	int r = state_read(name, &state);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	down = !strcmp(state->phase, "stopped") || !strcmp(state->phase, "failed");
	state_free(state);
	return down ? 0 : fail(ret_reason, -EBUSY, "it was started meanwhile");
}

int state_remove(const char *name)
{
	char *path;
	int r = path_of(name, ".json", &path);

	if (r)
		return r;
	if (unlink(path) < 0 && errno != ENOENT)
		r = -errno;
	free(path);
	return r;
}

/* --- reading ----------------------------------------------------------------- */

int state_read(const char *name, struct state **ret)
{
	sd_json_variant *object = NULL;
	struct state *state = NULL;
	char *path;
	int r;

	r = path_of(name, ".json", &path);
	if (r)
		return r;
	r = sd_json_parse_file(NULL, path, 0, &object, NULL, NULL);
	free(path);
	if (r < 0)
		return r == -ENOENT ? r : -EBADMSG;

	state = calloc(1, sizeof(*state));
	r = state ? state_from_json(object, state) : -ENOMEM;
	sd_json_variant_unref(object);
	if (r < 0) {
		state_free(state);
		return r;
	}
	*ret = state;
	return 0;
}

static void free_address(const struct state_address *address)
{
	free(address->address);
	free(address->dev);
}

void state_free(struct state *state)
{
	if (!state)
		return;
	for (size_t i = 0; i < state->n_added; i++)
		free_address(&state->added[i]);
	free(state->added);
	free(state->phase);
	free(state->cgroup);
	free(state->interface);
	free(state->step);
	free(state->reason);
	free(state->remedy);
	free(state);
}

/* --- what is on the host ----------------------------------------------------- */

const struct state_address *state_find(const struct state *state, const char *address)
{
	for (size_t i = 0; i < state->n_added; i++)
		if (!strcmp(state->added[i].address, address))
			return &state->added[i];
	return NULL;
}

static int append(struct state *state, const struct state_address *address)
{
	struct state_address *grown;

	grown = reallocarray(state->added, state->n_added + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	state->added = grown;
	grown[state->n_added] = (struct state_address){
		.address = strdup(address->address),
		.prefix = address->prefix,
		.dev = strdup(address->dev),
	};
	state->n_added++;
	return grown[state->n_added - 1].address && grown[state->n_added - 1].dev ? 0 : -ENOMEM;
}

static void drop(struct state *state, const char *address)
{
	size_t kept = 0;

	for (size_t i = 0; i < state->n_added; i++) {
		if (strcmp(state->added[i].address, address))
			state->added[kept++] = state->added[i];
		else
			free_address(&state->added[i]);
	}
	state->n_added = kept;
}

static int change(const char *name, const char *address, const struct state_address *add)
{
	_cleanup_close_ int lock = lock_states();
	struct state *state = NULL;
	int r;

	if (lock < 0)
		return lock;
	r = state_read(name, &state);
	if (r < 0)
		return r;
	drop(state, address);
	if (add)
		r = append(state, add);
	if (!r)
		r = replace(name, state);
	state_free(state);
	return r;
}

int state_record(const char *name, const struct state_address *address)
{
	return change(name, address->address, address);
}

int state_forget(const char *name, const char *address)
{
	return change(name, address, NULL);
}

bool state_is_left(const struct state *state)
{
	return strcmp(state->phase, "failed") || state->xid || state->cgroup ||
	       state->n_added || state->interface;
}

/* The name of a guest, if the file is a state. */
static bool is_state(const struct dirent *entry, char *ret, size_t size)
{
	size_t n = strlen(entry->d_name);

	if (n <= 5 || n - 5 >= size || strcmp(entry->d_name + n - 5, ".json"))
		return false;
	memcpy(ret, entry->d_name, n - 5);
	ret[n - 5] = '\0';
	return vs_name_valid(ret);
}

int state_names(char ***ret)
{
	char name[VS_NAME_MAX + 1], **names, **more;
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	names = calloc(1, sizeof(*names));
	if (!names)
		return -ENOMEM;
	dir = opendir(STATE_DIR);
	while (dir && (entry = readdir(dir))) {
		if (!is_state(entry, name, sizeof(name)))
			continue;
		more = reallocarray(names, n + 2, sizeof(*names));
		if (!more)
			break;
		names = more;
		names[n] = strdup(name);
		if (!names[n])
			break;
		names[++n] = NULL;
	}
	if (dir)
		closedir(dir);
	*ret = names;
	return 0;
}
