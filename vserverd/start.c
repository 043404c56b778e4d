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
#include <linux/capability.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "host_address.h"
#include "ids.h"
#include "init.h"
#include "layer.h"
#include "lock.h"
#include "mounted.h"
#include "network.h"
#include "presence.h"
#include "scope.h"
#include "supervisor.h"
#include "traffic.h"
#include "unkept.h"

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

/* Who starts the unit has not asked the daemon. */
static int check_mounted(struct supervisor *s)
{
	_cleanup_free_ char *reason = NULL;
	int r = mounted_check(s->name, &reason);

	return r < 0 ? failed(s, "looking at its files", reason ?: strerror(-r), r) : 0;
}

static int take_ids(struct supervisor *s)
{
	_cleanup_free_ char *reason = NULL;
	int r;

	if (!s->config->own_users)
		return 0;
	r = ids_take(s->name, &s->user_first, &reason);
	return r < 0 ? failed(s, "giving it user ids", reason ?: strerror(-r), r) : 0;
}

static int write_state(struct supervisor *s)
{
	return phase(s, "starting");
}

/* Asked once the table has ours: of two guests that start at once, at least
 * one sees the other. */
static int check_holder(struct supervisor *s)
{
	const struct address_config *address;
	_cleanup_free_ char *reason = NULL;
	char text[INET6_ADDRSTRLEN];
	struct vs_context holder;
	int r;

	r = presence_holder(s->vs, s->config, s->state->xid, &holder, &address);
	if (r <= 0)
		return r;
	vs_address_format(&address->address, text);
	if (asprintf(&reason, "%s is used by context %u, '%s'", text, holder.xid, holder.name) < 0)
		reason = NULL;
	return failed(s, "making the context", reason ?: strerror(EADDRINUSE), -EADDRINUSE);
}

static int make_context(struct supervisor *s)
{
	const struct config *c = s->config;
	struct vs_context ctx = {
		.xid = c->xid,
		.flags = VS_FLAG_PERSISTENT | VS_FLAG_CGROUP |
			 (c->own_users ? VS_FLAG_USER : 0) |
			 (c->network != NETWORK_BIND ? VS_FLAG_NETWORK : 0),
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
	r = state_write(s->name, s->state);
	return r < 0 ? r : check_holder(s);
}

/* All are asked for on the wire before the first is waited for. */
static int add_addresses(struct supervisor *s)
{
	_cleanup_free_ char *reason = NULL, *remedy = NULL;
	const struct config *c = s->config;
	int r = 0;

	if (c->network != NETWORK_BIND)
		return network_announce(s);
	for (size_t i = 0; i < c->n_addresses && !r; i++)
		r = host_address_put(s->vs, s->name, s->state->xid, &c->addresses[i], &reason,
				     &remedy);
	for (size_t i = 0; i < c->n_addresses && !r; i++)
		r = host_address_await(s->vs, &c->addresses[i], &reason, &remedy);
	if (!r)
		return 0;
	s->state->remedy = TAKE_PTR(remedy);
	return failed(s, "adding its addresses", reason ?: strerror(-r), r);
}

/* "guest" beside the "supervisor" that systemd has put this process into. */
static int make_cgroup(struct supervisor *s)
{
	int r;

	if (asprintf(&s->state->cgroup, "%s/guest", s->unit_cgroup) < 0) {
		s->state->cgroup = NULL;
		return -ENOMEM;
	}
	r = state_write(s->name, s->state);
	if (!r)
		r = vs_cgroup_create(s->vs, s->state->cgroup);
	/* With the capability it may open whatever there is a node of. */
	if (!r && !(s->state->ceiling >> CAP_MKNOD & 1))
		r = vs_cgroup_devices(s->vs, s->state->cgroup);
	return r < 0 ? r : vs_traffic_count(s->vs, s->state->cgroup);
}

/* Nothing that a file asks for is left out in silence. */
static void tell_unkept(const struct supervisor *s)
{
	_cleanup_free_ char *not_kept = unkept_names(s->config, unkept);
	_cleanup_free_ char *not_used = unkept_names(s->config, unused);

	if (not_kept)
		tell(s, LOG_WARNING, "this kernel has no sched_ext: cpu.max keeps its share, but "
		     "not %s; see vserver.conf(5)", not_kept);
	if (not_used)
		tell(s, LOG_WARNING, "without cpu there is no share, and nothing to do for %s",
		     not_used);
}

/* cpu.max is written even where the scheduler keeps the share: it takes over
 * at once if the kernel ever ejects the scheduler. */
int set_limits(struct supervisor *s)
{
	struct vs_limits limits = {
		.memory_bytes = s->config->memory_bytes,
		.swap_bytes = s->config->swap_bytes,
		.no_swap = !s->config->swap_bytes,
		.tasks = s->config->tasks,
		.cpu = s->config->bucket,
		.cpuset = s->config->cpuset,
	};
	int r;

	tell_unkept(s);
	if (!limits.cpu.rate_ns)
		limits.cpu.rate_ns = UINT64_MAX;
	r = vs_cgroup_limit(s->vs, s->state->cgroup, &limits);
	return r < 0 ? r : traffic_apply(s->vs, s->config, s->state->cgroup);
}

/* The tree is let go of before it is mounted to be written. */
static int find_init(struct supervisor *s, char ***ret_argv)
{
	_cleanup_free_ char *reason = NULL;
	_cleanup_close_ int tree = layer_open_tree(s->vs, s->config, true, &reason);
	int r;

	if (tree < 0)
		return failed(s, "opening its tree", reason ?: strerror(-tree), tree);
	r = init_find(s->vs, s->config, tree, ret_argv, &reason);
	return r < 0 ? failed(s, "finding its init", reason ?: strerror(-r), r) : 0;
}

int boot(struct supervisor *s)
{
	char *environment[] = {
		(char *)"container=vserver",
		(char *)"NOTIFY_SOCKET=" NOTIFY_PATH,
		(char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		(char *)"TERM=vt220",
		(char *)"HOME=/root",
		NULL,			/* the host's name for it */
		NULL,
	};
	_cleanup_strv_free_ char **argv = NULL;
	_cleanup_free_ char *reason = NULL, *command_line = NULL;
	struct vs_network_address addresses[VS_ADDRESSES_MAX];
	struct vs_network network;
	struct timespec now;
	_cleanup_layer_ struct layer layer = { 0 };
	struct vs_space space = {
		.root = s->config->root,
		.read_only = s->config->read_only,
		.mounts = s->config->mounts,
		.n_mounts = s->config->n_mounts,
		.hostname = s->config->hostname,
		.cgroup = s->state->cgroup,
		.xid = s->state->xid,
		.ceiling = s->state->ceiling,
		.user_first = s->user_first,
		.envp = environment,
		.network = network_of(s, &network, addresses),
		.no_seccomp = s->config->no_seccomp,
		.no_new_privs = s->config->no_new_privs,
	};
	int r;

	r = layer_find(s->config, &layer, &reason);
	if (r < 0)
		return failed(s, "finding its layer", reason ?: strerror(-r), r);
	space.layers = layer_paths(&layer);
	r = find_init(s, &argv);
	if (r < 0)
		return r;
	/* Or systemd would set the one in /etc/hostname, which is often that of
	 * the machine on which the image was made. */
	if (asprintf(&command_line, "SYSTEMD_PROC_CMDLINE=systemd.hostname=%s",
		     s->config->hostname) < 0)
		return -ENOMEM;
	environment[5] = command_line;
	r = console_open(s, &space.console);
	if (r < 0)
		return failed(s, "opening a console", strerror(-r), r);
	s->state->ready = false;
	space.argv = argv;
	r = vs_space_spawn(s->vs, &space, &s->state->init, &s->pidfd);
	close(space.console);
	if (r < 0)
		return r;
	clock_gettime(CLOCK_MONOTONIC, &now);
	s->booted_usec = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
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

static int prepare_mounts(struct supervisor *s)
{
	_cleanup_free_ char *reason = NULL;
	int r = layer_prepare_mounts(s->config, &reason);

	return r < 0 ? failed(s, "preparing its mounts", reason ?: strerror(-r), r) : 0;
}

static const struct step {
	const char *name;
	int (*run)(struct supervisor *s);
} steps[] = {
	{ "reading the configuration", read_config },
	{ "writing the state", write_state },
	{ "looking at its files", check_mounted },
	{ "giving it user ids", take_ids },
	{ "making the context", make_context },
	{ "preparing its network", network_prepare },
	{ "adding its addresses", add_addresses },
	{ "making the control group", make_cgroup },
	{ "setting the limits", set_limits },
	{ "preparing its mounts", prepare_mounts },
	{ "writing its names", names_write },
	{ "starting init", boot },
};

static int run_steps(struct supervisor *s)
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
	return 0;
}

/* Of a guest whose file somebody has written by hand.  That file is read again
 * under the lock, and what is wrong with it told then. */
static int make_layer(struct supervisor *s)
{
	_cleanup_free_ char *errors = NULL, *reason = NULL;
	struct config *config = NULL;
	int r = 0;

	if (config_read(s->name, &config, &errors) == 0 && config->image)
		r = layer_create(s->name, config->image, &reason);
	config_free(config);
	return r < 0 && r != -EEXIST ? failed(s, "making its layer", reason ?: strerror(-r), r) : 0;
}

int start(struct supervisor *s)
{
	_cleanup_close_ int lock = -1;
	int r = make_layer(s);

	if (r < 0)
		return r;
	/* A step tells if there is no tree to be locked. */
	lock = guest_lock(s->name);
	r = run_steps(s);
	if (r < 0)
		return r;
	sd_notifyf(0, "READY=1\nSTATUS=init runs\nX_VSERVER_INIT=%d", (int)s->state->init);
	return 0;
}
