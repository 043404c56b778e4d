// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Removes what is left of a guest that is down: processes, context, addresses,
 * control group, state, half a layer.  systemd runs it when the supervisor has
 * ended, well or not; so it goes by the state file and the guest's name only, and finding
 * a thing gone already is no error.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "directory.h"
#include "network.h"
#include "scope.h"
#include "supervisor.h"
#include "traffic.h"

#define KILL_LIMIT_NS	10000000000ULL
#define EMPTY_TRIES	250		/* of 20 ms: the last exits to be counted */

/* The context goes when its last task has been counted out. */
static int end_context(struct vs *vs, const char *name, const struct state *state)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	struct vs_context ctx;
	int r;

	if (vs_context_find(vs, name, &ctx) < 0)
		return 0;
	for (int i = 0; i < EMPTY_TRIES; i++) {
		r = vs_context_end(vs, ctx.xid);
		if (r != -EBUSY)
			break;
		nanosleep(&pause, NULL);
	}
	return r == -ESRCH ? 0 : r;
}

static int remove_addresses(struct vs *vs, const char *name, const struct state *state)
{
	struct vs_address address;
	int r = 0, err;

	for (size_t i = 0; i < state->n_added; i++) {
		const struct state_address *a = &state->added[i];

		if (vs_address_parse(a->address, &address) < 0)
			continue;
		err = state->interface ? vs_proxy_remove(vs, &address, a->dev) :
					 vs_address_remove(vs, &address, a->prefix, a->dev);
		if (err == -ENOENT || err == -EADDRNOTAVAIL || err == -ENODEV)
			err = 0;
		if (!err)
			err = state_forget(name, a->address);
		if (err < 0)
			r = err;
	}
	return r;
}

/* It is counted as long as its control group is there. */
static void keep_traffic(struct vs *vs, const char *name, const char *cgroup)
{
	const struct supervisor s = { .name = name };
	int r = traffic_keep(vs, name, cgroup);

	if (r < 0 && r != -ENOENT && r != -ENODATA)
		tell(&s, LOG_WARNING, "cannot keep its traffic: %s", strerror(-r));
}

static int remove_cgroup(struct vs *vs, const char *name, const struct state *state)
{
	int r;

	if (!state->cgroup)
		return 0;
	r = vs_cgroup_kill(vs, state->cgroup, KILL_LIMIT_NS);
	keep_traffic(vs, name, state->cgroup);
	return r < 0 ? r : vs_cgroup_remove(vs, state->cgroup);
}

/* What the console said is worth keeping after a failure only. */
static void remove_console(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), STATE_DIR "/%s.console", name);
	unlink(path);
	snprintf(path, sizeof(path), STATE_DIR "/%s.console.1", name);
	unlink(path);
}

/* A start or a run that ended by itself leaves why; a stop leaves nothing. */
static int close_state(const char *name, struct state *state)
{
	const char *result = getenv("SERVICE_RESULT");
	char *text = NULL;

	if (!strcmp(state->phase, "stopping") ||
	    (!strcmp(state->phase, "running") && result && !strcmp(result, "success"))) {
		remove_console(name);
		return state_remove(name);
	}

	if (!state->reason) {
		if (asprintf(&text, "its supervisor ended: %s", result ?: "nobody knows why") < 0)
			return -ENOMEM;
		state->reason = text;
		state->step = strdup(state->phase);
	}
	free(state->phase);
	state->phase = strdup("failed");
	state->ready = false;
	state->xid = 0;
	state->init = 0;
	free(state->cgroup);
	state->cgroup = NULL;
	free(state->interface);
	state->interface = NULL;
	return state->phase ? state_write(name, state) : -ENOMEM;
}

/* Why something is left: for the journal, and for whoever asks later. */
static void keep_reason(const char *name, struct state *state, const char *what,
			const char *reason)
{
	const struct supervisor s = { .name = name };
	char *text;

	tell(&s, LOG_ERR, "cannot remove its %s: %s", what, reason);
	if (!strcmp(state->phase, "failed"))
		return;		/* why it failed is in there */
	free(state->step);
	free(state->reason);
	state->step = strdup("removing what is left of it");
	state->reason = asprintf(&text, "its %s: %s", what, reason) < 0 ? NULL : text;
}

static int remove_all(struct vs *vs, const char *name, struct state *state)
{
	static const struct {
		const char *what;
		int (*remove)(struct vs *vs, const char *name, const struct state *state);
	} things[] = {
		{ "control group", remove_cgroup },
		{ "network", network_remove },
		{ "context", end_context },
		{ "addresses", remove_addresses },
	};
	int worst = 0;

	for (size_t i = 0; i < sizeof(things) / sizeof(*things); i++) {
		int r = things[i].remove(vs, name, state);

		if (r < 0)
			keep_reason(name, state, things[i].what, vs_reason(vs));
		worst = r < 0 ? r : worst;
	}
	if (!worst)
		return close_state(name, state);
	state_write(name, state);
	return worst;
}

/* A start makes one where the guest has its file, but no tree.  Where that is not so
 * what has such a name is the daemon's: a clone, an import or a tree that goes. */
static bool may_have_made_layer(const char *name)
{
	char file[PATH_MAX], tree[PATH_MAX];

	snprintf(file, sizeof(file), CONFIG_DIR "/%s.conf", name);
	snprintf(tree, sizeof(tree), GUESTS_DIR "/%s", name);
	return access(file, F_OK) == 0 && access(tree, F_OK) < 0 && errno == ENOENT;
}

/* A start may have been making it, before there was a state. */
static int remove_half_layer(const char *name)
{
	const struct supervisor s = { .name = name };
	_cleanup_strv_free_ char **leftovers = NULL;
	_cleanup_free_ char *reason = NULL;
	int r;

	if (!may_have_made_layer(name))
		return 0;
	r = directory_leftovers(GUESTS_DIR, name, &leftovers);
	if (!r)
		r = directory_sweep(leftovers, &reason);
	if (r < 0)
		tell(&s, LOG_ERR, "cannot remove the layer that it began to make: %s",
		     reason ?: strerror(-r));
	return r;
}

static int remove_run(const char *name)
{
	const struct supervisor s = { .name = name };
	struct state *state = NULL;
	struct vs *vs = NULL;
	int r;

	r = state_read(name, &state);
	if (r == -ENOENT)
		return 0;
	if (r < 0) {
		tell(&s, LOG_ERR, "cannot read its state: %s", strerror(-r));
		return r;
	}
	r = vs_open(&vs);
	if (r < 0)
		r = vs_new(&vs);
	if (!r)
		r = remove_all(vs, name, state);
	vs_close(vs);
	state_free(state);
	return r;
}

int cleanup(const char *name)
{
	int half = remove_half_layer(name), r = remove_run(name);

	return r < 0 ? r : half;
}
