// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The state files: JSON, one a guest, replaced whole.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <systemd/sd-json.h>

#include <vserver.h>

#include "state.h"

static int path_of(const char *name, const char *suffix, char **ret)
{
	if (!vs_name_valid(name))
		return -EINVAL;
	return asprintf(ret, "%s/%s%s", STATE_DIR, name, suffix) < 0 ? -ENOMEM : 0;
}

/* --- writing ----------------------------------------------------------------- */

static int addresses_json(const struct state *state, sd_json_variant **ret)
{
	sd_json_variant *array = NULL;
	int r = 0;

	for (size_t i = 0; i < state->n_added && r >= 0; i++) {
		sd_json_variant *one = NULL;

		r = sd_json_buildo(&one,
			SD_JSON_BUILD_PAIR_STRING("address", state->added[i].address),
			SD_JSON_BUILD_PAIR_UNSIGNED("prefix", state->added[i].prefix),
			SD_JSON_BUILD_PAIR_STRING("dev", state->added[i].dev));
		if (r >= 0)
			r = sd_json_variant_append_array(&array, one);
		sd_json_variant_unref(one);
	}
	if (r < 0) {
		sd_json_variant_unref(array);
		return r;
	}
	*ret = array;
	return 0;
}

static int state_json(const struct state *state, char **ret)
{
	sd_json_variant *object = NULL, *added = NULL;
	int r;

	r = addresses_json(state, &added);
	if (r < 0)
		return r;
	r = sd_json_buildo(&object,
		SD_JSON_BUILD_PAIR_STRING("phase", state->phase),
		SD_JSON_BUILD_PAIR_BOOLEAN("ready", state->ready),
		SD_JSON_BUILD_PAIR_UNSIGNED("xid", state->xid),
		SD_JSON_BUILD_PAIR_UNSIGNED("ceiling", state->ceiling),
		SD_JSON_BUILD_PAIR_UNSIGNED("init", (uint64_t)state->init),
		SD_JSON_BUILD_PAIR_UNSIGNED("initStart", state->init_start),
		SD_JSON_BUILD_PAIR_UNSIGNED("sinceUsec", state->since_usec),
		SD_JSON_BUILD_PAIR_UNSIGNED("boots", state->boots),
		SD_JSON_BUILD_PAIR_CONDITION(state->cgroup != NULL, "cgroup",
					     SD_JSON_BUILD_STRING(state->cgroup)),
		SD_JSON_BUILD_PAIR_CONDITION(added != NULL, "added",
					     SD_JSON_BUILD_VARIANT(added)),
		SD_JSON_BUILD_PAIR_CONDITION(state->interface != NULL, "interface",
					     SD_JSON_BUILD_STRING(state->interface)),
		SD_JSON_BUILD_PAIR_CONDITION(state->step != NULL, "step",
					     SD_JSON_BUILD_STRING(state->step)),
		SD_JSON_BUILD_PAIR_CONDITION(state->reason != NULL, "reason",
					     SD_JSON_BUILD_STRING(state->reason)),
		SD_JSON_BUILD_PAIR_CONDITION(state->remedy != NULL, "remedy",
					     SD_JSON_BUILD_STRING(state->remedy)));
	if (r >= 0)
		r = sd_json_variant_format(object, SD_JSON_FORMAT_NEWLINE, ret);
	sd_json_variant_unref(object);
	sd_json_variant_unref(added);
	return r < 0 ? r : 0;
}

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

int state_write(const char *name, const struct state *state)
{
	char *path = NULL, *temporary = NULL, *text = NULL;
	int fd = -1, r;

	if (mkdir("/run/vserver", 0755) < 0 && errno != EEXIST)
		return -errno;
	if (mkdir(STATE_DIR, 0755) < 0 && errno != EEXIST)
		return -errno;
	r = path_of(name, ".json", &path);
	if (!r)
		r = path_of(name, ".json~", &temporary);
	if (!r)
		r = state_json(state, &text);
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

static uint64_t number(sd_json_variant *object, const char *key)
{
	sd_json_variant *v = sd_json_variant_by_key(object, key);

	return v && sd_json_variant_is_unsigned(v) ? sd_json_variant_unsigned(v) : 0;
}

/* NULL where it is not there; -ENOMEM through *@r. */
static char *string(sd_json_variant *object, const char *key, int *r)
{
	sd_json_variant *v = sd_json_variant_by_key(object, key);
	char *copy;

	if (!v || !sd_json_variant_is_string(v))
		return NULL;
	copy = strdup(sd_json_variant_string(v));
	if (!copy)
		*r = -ENOMEM;
	return copy;
}

static int read_added(sd_json_variant *array, struct state *state)
{
	size_t n = array && sd_json_variant_is_array(array) ?
		   sd_json_variant_elements(array) : 0;
	int r = 0;

	state->added = n ? calloc(n, sizeof(*state->added)) : NULL;
	if (n && !state->added)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		sd_json_variant *one = sd_json_variant_by_index(array, i);

		state->added[i].address = string(one, "address", &r);
		state->added[i].prefix = (unsigned int)number(one, "prefix");
		state->added[i].dev = string(one, "dev", &r);
		state->n_added = i + 1;
		if (r || !state->added[i].address || !state->added[i].dev)
			return r ? r : -EBADMSG;
	}
	return 0;
}

static int read_object(sd_json_variant *object, struct state *state)
{
	sd_json_variant *ready = sd_json_variant_by_key(object, "ready");
	int r = 0;

	state->phase = string(object, "phase", &r);
	state->ready = ready && sd_json_variant_is_boolean(ready) && sd_json_variant_boolean(ready);
	state->xid = (uint32_t)number(object, "xid");
	state->ceiling = number(object, "ceiling");
	state->init = (pid_t)number(object, "init");
	state->init_start = number(object, "initStart");
	state->since_usec = number(object, "sinceUsec");
	state->boots = number(object, "boots");
	state->cgroup = string(object, "cgroup", &r);
	state->interface = string(object, "interface", &r);
	state->step = string(object, "step", &r);
	state->reason = string(object, "reason", &r);
	state->remedy = string(object, "remedy", &r);
	if (r)
		return r;
	if (!state->phase)
		return -EBADMSG;
	return read_added(sd_json_variant_by_key(object, "added"), state);
}

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
	r = state ? read_object(object, state) : -ENOMEM;
	sd_json_variant_unref(object);
	if (r < 0) {
		state_free(state);
		return r;
	}
	*ret = state;
	return 0;
}

void state_free(struct state *state)
{
	if (!state)
		return;
	for (size_t i = 0; i < state->n_added; i++) {
		free(state->added[i].address);
		free(state->added[i].dev);
	}
	free(state->added);
	free(state->phase);
	free(state->cgroup);
	free(state->interface);
	free(state->step);
	free(state->reason);
	free(state->remedy);
	free(state);
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
