// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a start makes, step by step.  Before each, the step's name goes to
 * systemd as status, and whatever the step is about to make is in the state
 * file; so whoever comes after a supervisor that died knows what to remove
 * (cleanup.c).
 */
#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "supervisor.h"

static int read_config(struct supervisor *s)
{
	char *errors = NULL;
	int r;

	r = config_read(s->name, &s->config, &errors);
	if (r < 0) {
		for (char *p = errors; p && *p; p++)
			if (*p == '\n')
				*p = p[1] ? ';' : '\0';
		failed(s, "reading the configuration", errors ?: strerror(-r), r);
	}
	free(errors);
	return r;
}

static int write_state(struct supervisor *s)
{
	return phase(s, "starting");
}

static int make_context(struct supervisor *s)
{
	const struct config *c = s->config;
	struct vs_context ctx = {
		.xid = c->xid,
		.flags = VS_FLAG_PERSISTENT | VS_FLAG_CGROUP,
		.ceiling = c->ceiling,
		.bucket = c->bucket,
	};
	int r;

	snprintf(ctx.name, sizeof(ctx.name), "%s", s->name);
	for (size_t i = 0; i < c->n_addresses && i < VS_ADDRESSES_MAX; i++)
		ctx.addresses[ctx.n_addresses++] = c->addresses[i].address;
	r = vs_context_create(s->vs, &ctx);
	if (r < 0)
		return r;
	s->state->xid = ctx.xid;
	s->state->ceiling = ctx.ceiling;
	return state_write(s->name, s->state);
}

/* Written down as ours first, then added. */
static int add_address(struct supervisor *s, const struct address_config *config)
{
	char text[INET6_ADDRSTRLEN];
	struct state_address *added;

	if (!config->dev || vs_address_is_local(&config->address) == 1)
		return 0;
	added = reallocarray(s->state->added, s->state->n_added + 1, sizeof(*added));
	if (!added)
		return -ENOMEM;
	s->state->added = added;
	vs_address_format(&config->address, text);
	added[s->state->n_added] = (struct state_address){
		.address = strdup(text),
		.prefix = config->prefix,
		.dev = strdup(config->dev),
	};
	s->state->n_added++;
	if (!added[s->state->n_added - 1].address || !added[s->state->n_added - 1].dev)
		return -ENOMEM;
	if (state_write(s->name, s->state) < 0)
		return -EIO;
	return vs_address_add(s->vs, &config->address, config->prefix, config->dev);
}

static int add_addresses(struct supervisor *s)
{
	int r = 0;

	for (size_t i = 0; i < s->config->n_addresses && !r; i++)
		r = add_address(s, &s->config->addresses[i]);
	return r;
}

/* "guest" beside the "supervisor" that systemd has put this process into. */
static int make_cgroup(struct supervisor *s)
{
	char *own = NULL, *path = NULL, *slash;
	int r;

	r = vs_cgroup_own(s->vs, 0, &own);
	if (r < 0)
		return r;
	slash = strrchr(own, '/');
	if (!slash || strcmp(slash, "/supervisor")) {
		free(own);
		return failed(s, "making the control group",
			      "this is not run by vserver@.service", -EINVAL);
	}
	*slash = '\0';
	r = asprintf(&path, "%s/guest", own) < 0 ? -ENOMEM : 0;
	free(own);
	if (r)
		return r;
	s->state->cgroup = path;
	r = state_write(s->name, s->state);
	return r < 0 ? r : vs_cgroup_create(s->vs, path);
}

/* cpu.max is written even where the scheduler keeps the share: it takes over
 * at once if the kernel ever ejects the scheduler. */
static int set_limits(struct supervisor *s)
{
	struct vs_limits limits = {
		.memory_bytes = s->config->memory_bytes,
		.swap_bytes = s->config->swap_bytes,
		.no_swap = !s->config->swap_bytes,
		.tasks = s->config->tasks,
		.cpu = s->config->bucket,
	};

	if (!limits.cpu.rate_ns)
		limits.cpu.rate_ns = UINT64_MAX;
	return vs_cgroup_limit(s->vs, s->state->cgroup, &limits);
}

int boot(struct supervisor *s)
{
	char *environment[] = {
		(char *)"container=vserver",
		(char *)"NOTIFY_SOCKET=" NOTIFY_PATH,
		(char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		(char *)"TERM=vt220",
		(char *)"HOME=/root",
		NULL,
	};
	char *init[] = { s->config->init, NULL };
	struct vs_space space = {
		.root = s->config->root,
		.hostname = s->config->hostname,
		.cgroup = s->state->cgroup,
		.xid = s->state->xid,
		.ceiling = s->state->ceiling,
		.argv = s->config->init ? init : NULL,
		.envp = environment,
	};
	int r;

	r = console_open(s, &space.console);
	if (r < 0)
		return failed(s, "opening a console", strerror(-r), r);
	s->state->ready = false;
	r = vs_space_spawn(s->vs, &space, &s->state->init, &s->pidfd);
	close(space.console);
	if (r < 0)
		return r;
	vs_process_start(s->state->init, &s->state->init_start);
	s->state->boots++;
	r = console_attach(s);
	if (r < 0)
		return failed(s, "reading the console", strerror(-r), r);
	r = notify_open(s);
	if (r < 0)	/* it boots all the same; nobody hears when it is ready */
		tell(s, LOG_WARNING, "cannot hear when it is ready: %s", strerror(-r));
	return phase(s, "running");
}

static const struct step {
	const char *name;
	int (*run)(struct supervisor *s);
} steps[] = {
	{ "reading the configuration", read_config },
	{ "writing the state", write_state },
	{ "making the context", make_context },
	{ "adding the addresses", add_addresses },
	{ "making the control group", make_cgroup },
	{ "setting the limits", set_limits },
	{ "starting init", boot },
};

int start(struct supervisor *s)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		const char *reason;
		int r;

		sd_notifyf(0, "STATUS=step: %s", steps[i].name);
		r = steps[i].run(s);
		if (r >= 0)
			continue;
		reason = vs_reason(s->vs);
		return failed(s, steps[i].name, *reason ? reason : strerror(-r), r);
	}
	sd_notifyf(0, "READY=1\nSTATUS=init runs\nX_VSERVER_INIT=%d", (int)s->state->init);
	return 0;
}
