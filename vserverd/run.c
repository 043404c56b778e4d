// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest for one command.  No daemon is asked, and there are few libraries to find
 * (launch.c): from here to the command it is a few milliseconds.
 *
 * It makes what a start makes (start.c), by the same settings, in the same order,
 * and removes it itself; nothing is written down, for what a run has goes by its
 * number (run_slot.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "presence.h"
#include "run.h"
#include "run_layer.h"
#include "scope.h"
#include "unkept.h"

extern char **environ;

/* --- what it is to be -------------------------------------------------------------------- */

static int fail(const struct run *run, const char *reason)
{
	return run_tell(EXIT_FAILED, "cannot run '%s' in %s: %s", run->argv[0], run->root, reason);
}

static int fail_vs(const struct run *run)
{
	return fail(run, vs_reason(run->vs));
}

/* What is asked for now is to have an effect. */
static int check_kept(const struct run *run)
{
	for (size_t i = 0; i < run->entries.n; i++) {
		const struct entry *entry = &run->entries.entry[i];
		_cleanup_free_ char *reason = NULL, *remedy = NULL;

		if (!unused(run->config, entry->setting->name) &&
		    !unkept(run->config, entry->setting->name))
			continue;
		if (unkept_reason(run->config, entry->setting->name, &reason, &remedy) < 0)
			return fail(run, strerror(ENOMEM));
		return run_tell(EXIT_FAILED, "cannot run: %s '%s': %s; %s", entry->setting->name,
			    entry->value, reason, remedy);
	}
	return 0;
}

static int check_addresses(const struct run *run)
{
	for (size_t i = 0; i < run->config->n_addresses; i++) {
		const struct address_config *address = &run->config->addresses[i];
		_cleanup_free_ char *reason = NULL, *remedy = NULL;

		if (address->dev)
			return fail(run, "a run adds no address to an interface; give the address "
				    "alone, of those that the host has");
		if (presence_check_in(run->config->network, address, &reason, &remedy) < 0)
			return run_tell(EXIT_FAILED, "cannot run: %s; %s", reason ?: strerror(ENOMEM),
				    remedy ?: "");
	}
	return 0;
}

/* Of the guests that are there at least one sees the other, as of two that start. */
static int check_holder(const struct run *run)
{
	const struct address_config *address;
	struct vs_context holder;
	char text[INET6_ADDRSTRLEN];
	int r = presence_holder(run->vs, run->config, run->xid, &holder, &address);

	if (r < 0)
		return fail_vs(run);
	if (r == 0)
		return 0;
	vs_address_format(&address->address, text);
	return run_tell(EXIT_FAILED, "cannot run: %s is used by context %u, '%s'; give each its own, "
		    "or end that one first", text, holder.xid, holder.name);
}

static int make_config(struct run *run)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *errors = open_memstream(&text, &size);
	int r;

	if (!errors)
		return fail(run, strerror(ENOMEM));
	r = config_make(run->slot.name, &run->entries, errors, &run->config);
	fclose(errors);
	if (r < 0)
		return fail(run, strerror(-r));
	if (size) {
		text[strcspn(text, "\n")] = '\0';
		return run_tell(EXIT_FAILED, "cannot run: %s", text);
	}
	for (size_t i = 0; i < run->config->n_mounts; i++)
		if (run->config->mounts[i].type == VS_MOUNT_OVERLAY)
			return run_tell(EXIT_FAILED, "cannot run: mount: there is no place for a "
					"layer that is kept; leave out overlay");
	r = check_kept(run);
	return r ?: check_addresses(run);
}

/* --- what is made ------------------------------------------------------------------------ */

static int create_context(struct run *run)
{
	const struct config *c = run->config;
	struct vs_context ctx = {
		.xid = c->xid,
		.flags = VS_FLAG_CGROUP | (c->own_users ? VS_FLAG_USER : 0) |
			 (c->network != NETWORK_BIND ? VS_FLAG_NETWORK : 0),
		.ceiling = c->ceiling,
		.bucket = c->bucket,
	};

	snprintf(ctx.name, sizeof(ctx.name), "%s", run->slot.name);
	for (size_t i = 0; i < c->n_addresses && i < VS_ADDRESSES_MAX; i++)
		ctx.addresses[ctx.n_addresses++] = c->addresses[i].address;
	if (vs_context_create(run->vs, &ctx) < 0)
		return fail_vs(run);
	run->xid = ctx.xid;
	return check_holder(run);
}

/* Their groups are made by another program, which has the libraries for it. */
static int prepare_groups(void)
{
	static const char *const argv[] = { VS_LIBEXECDIR "/vserver-supervisor", "runs", NULL };
	int status;
	pid_t pid;

	if (posix_spawn(&pid, argv[0], NULL, NULL, (char *const *)argv, environ) != 0 ||
	    waitpid(pid, &status, 0) < 0)
		return -errno;
	return status ? -EIO : 0;
}

static int make_cgroup(struct run *run)
{
	bool devices = run->config->ceiling >> CAP_MKNOD & 1;
	bool there = devices ? access("/sys/fs/cgroup/" RUNS_DEVICES_CGROUP, F_OK) == 0 :
			       vs_cgroup_devices_limited(RUNS_CGROUP) > 0;

	there = there && access("/sys/fs/cgroup/" RUNS_WATCH_CGROUP, F_OK) == 0;
	if (!there && prepare_groups() < 0)
		return EXIT_FAILED;	/* it has told why */
	run_slot_place(&run->slot, devices);
	return vs_cgroup_create(run->vs, run->slot.cgroup) < 0 ? fail_vs(run) : 0;
}

static int set_limits(struct run *run)
{
	const struct config *c = run->config;
	/* 0 is as it is, which in a new group is not limited. */
	struct vs_limits limits = {
		.memory_bytes = c->memory_bytes + 1 ? c->memory_bytes : 0,
		.swap_bytes = c->swap_bytes + 1 ? c->swap_bytes : 0,
		.no_swap = !c->swap_bytes,
		.tasks = c->tasks + 1 ? c->tasks : 0,
		.cpu = c->bucket,
		.cpuset = strcmp(c->cpuset, "infinity") ? c->cpuset : NULL,
	};

	return vs_cgroup_limit(run->vs, run->slot.cgroup, &limits) < 0 ? fail_vs(run) : 0;
}

static int make_layer(struct run *run, char **ret_root)
{
	_cleanup_free_ char *reason = NULL;

	if (strchr(run->root, '/'))
		return 0;
	return run_layer_make(run->slot.n, run->root, &run->layer, ret_root, &reason) < 0 ?
	       fail(run, reason ?: strerror(ENOMEM)) : 0;
}

/* --- the command ------------------------------------------------------------------------- */

/* In another process, for this one was killed. */
static void on_left(void *userdata)
{
	const struct run_slot *slot = userdata;
	struct vs *vs;

	if (vs_open(&vs) == 0)
		run_slot_clear(vs, slot);
}

/* The status, or a negative errno. */
static int run_command(struct run *run, const char *root, int *ret_usher)
{
	const struct config *c = run->config;
	const char *term = getenv("TERM");
	struct vs_network none = { 0 };
	char terminal[80];
	char *environment[] = {
		(char *)"container=vserver",
		(char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		(char *)"HOME=/root", (char *)"USER=root", (char *)"LOGNAME=root",
		(char *)"LANG=C.UTF-8", terminal, NULL,
	};
	const struct vs_run parts = {
		.space = {
			.root = root,
			.layers = layer_paths(&run->layer),
			.hostname = c->hostname,
			.cgroup = run->slot.cgroup,
			.xid = run->xid,
			.ceiling = c->ceiling,
			.user_first = c->own_users ? run->slot.user_first : 0,
			.argv = run->argv,
			.envp = environment,
			.console = -1,
			.network = c->network == NETWORK_BIND ? NULL : &none,
			.no_seccomp = c->no_seccomp,
			.no_new_privs = c->no_new_privs,
			.read_only = c->read_only,
			.mounts = c->mounts,
			.n_mounts = c->n_mounts,
		},
		.tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
		.left = on_left,
		.userdata = &run->slot,
		.keep = &run->slot.lock,
		.n_keep = 1,
		.watch = RUNS_WATCH_CGROUP,
	};

	snprintf(terminal, sizeof(terminal), "TERM=%s", term && strlen(term) < 64 ? term : "linux");
	return vs_space_run(run->vs, &parts, ret_usher);
}

/* It ends with its last task; unless it never had one.  A number that was asked for
 * can be had again when this has ended. */
static void end_context(const struct run *run, bool entered)
{
	if (!run->xid || (entered && !run->config->xid))
		return;
	for (int i = 0; i < 500 && vs_context_end(run->vs, run->xid) == -EBUSY; i++)
		usleep(2000);
}

static int status_of(const struct run *run, int r)
{
	if (r >= 0)
		return r;
	fail_vs(run);
	return r == -ENOENT ? 127 : r == -EACCES || r == -ENOEXEC ? 126 : EXIT_FAILED;
}

static int run_in_slot(struct run *run)
{
	int r = make_cgroup(run), result = -1, usher = -1;
	_cleanup_free_ char *root = NULL;

	if (!r)
		r = create_context(run);
	if (!r)
		r = set_limits(run);
	if (!r)
		r = make_layer(run, &root);
	if (!r) {
		result = run_command(run, root ?: run->root, &usher);
		r = status_of(run, result);
	}
	end_context(run, result >= 0);
	if (vs_cgroup_remove(run->vs, run->slot.cgroup) < 0 || root)
		run_slot_clear(run->vs, &run->slot);
	/* From here on nothing is left to be done in our place. */
	if (usher >= 0 && write(usher, "", 1) < 0)
		close(usher);
	return r;
}

static int run_all(struct run *run)
{
	_cleanup_free_ char *reason = NULL;
	int r;

	if (geteuid() != 0)
		return fail(run, "only root of the host may");
	r = vs_open(&run->vs);
	if (r < 0)
		return fail(run, r == -ENOPKG ? "the module vserver is not loaded; load it: modprobe "
			    "vserver" : strerror(-r));
	if (run_slot_take(run->vs, &run->slot, &reason) < 0)
		return fail(run, reason ?: strerror(ENOMEM));
	r = make_config(run);
	return r ?: run_in_slot(run);
}

int run_main(int argc, char **argv)
{
	struct run run = { 0 };
	int fd, r;

	/* Nothing of ours takes the place of what the caller has closed. */
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	close(fd);
	signal(SIGPIPE, SIG_IGN);
	r = run_read_arguments(&run, argc, argv);
	if (r >= 0)
		return r;
	r = run_check_root(&run);
	return r ?: run_all(&run);
}
