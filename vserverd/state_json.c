// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A state as JSON, and back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "state_json.h"

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

int state_to_json(const struct state *state, char **ret)
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

int state_from_json(sd_json_variant *object, struct state *state)
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
