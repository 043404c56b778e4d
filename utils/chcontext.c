/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * chcontext: a command in a context of its own, on the host's file system, or
 * with a directory of it for its root.
 * It makes the context, or finds it, goes in (vs_context_join()), and becomes
 * the command.  What fails before that leaves nothing behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chcontext.h"
#include "sealed.h"

/* --- what is there --------------------------------------------------------------- */

/* A share that nobody keeps is worse than none. */
static void scheduler_or_die(struct vs *vs)
{
	if (vs_scheduler_running(vs) != 1)
		die(EXIT_FAILED, "--cpu: the token bucket scheduler does not run here "
		    "(vserver check says why); limit it by systemd: "
		    "systemd-run --scope -p CPUQuota=25%% chcontext ...");
}

/* --- who waits outside ------------------------------------------------------------ */

/*
 * A persistent context whose command cannot be run would stay, and who is in
 * it cannot end it.  So a child of init waits outside for what becomes of us:
 * if we fail, it ends the context as soon as we have left it.
 */
static int guard(struct vs *vs, uint32_t xid)
{
	struct pollfd gone = { .fd = pidfd_open(getpid(), 0), .events = POLLIN };
	unsigned char status;
	int pipes[2];
	pid_t pid;

	pid = gone.fd < 0 || pipe2(pipes, O_CLOEXEC) < 0 ? -1 : fork();
	if (pid < 0)
		return -errno;
	if (pid > 0) {
		close(pipes[0]);
		close(gone.fd);
		waitpid(pid, NULL, 0);
		on_exit(tell_status, (void *)(intptr_t)pipes[1]);
		return 0;
	}
	if (fork() != 0)
		_exit(0);
	close(pipes[1]);
	if (read(pipes[0], &status, 1) == 1 && poll(&gone, 1, -1) == 1)
		vs_context_end(vs, xid);
	_exit(0);
}

/* --- one that is there ----------------------------------------------------------------- */

/* A context without tasks is about to be entered, or to end: not for long. */
#define SETTLE_TRIES	2000
#define SETTLE_USEC	10000
#define CREATE_TRIES	100

/* 0: it is there, and who enters it will find it so; or a negative errno. */
static int find(struct vs *vs, uint32_t xid, struct vs_context *ret)
{
	int r, tries = 0;

	do {
		if (tries)
			usleep(SETTLE_USEC);
		r = vs_context_get(vs, xid, ret);
	} while (!r && !ret->tasks && !(ret->flags & VS_FLAG_PERSISTENT) &&
		 ++tries < SETTLE_TRIES);
	return r;
}

static int join(struct vs *vs, const struct vs_context *ctx, bool joins,
		const struct arguments *args)
{
	const struct vs_confinement confinement = {
		.xid = ctx->xid,
		.ceiling = ctx->ceiling,
		.seccomp = !args->no_seccomp,
		.no_new_privs = args->no_new_privs,
		.joins = joins,
		.root = joins ? NULL : args->root,
	};

	return vs_context_join(vs, &confinement);
}

/* Into the context of that number: true; false: there is none. */
static bool enter_or_die(struct vs *vs, const struct arguments *args)
{
	const uint32_t xid = args->ctx.xid;
	struct vs_context ctx;
	int r = find(vs, xid, &ctx);

	if (r == -ESRCH)
		return false;
	if (r < 0)
		die(EXIT_FAILED, "cannot enter context %u: %s", xid, vs_reason(vs));
	/* What has the host's files must not be where a guest can reach it. */
	if (ctx.flags & VS_FLAG_CGROUP)
		die(EXIT_FAILED, "cannot enter context %u: it is the guest '%s'; "
		    "vserver exec %s does", xid, ctx.name, ctx.name);
	r = join(vs, &ctx, true, args);
	if (r == -ESRCH)
		die(EXIT_FAILED, "context %u has just ended; try again", xid);
	if (r < 0)
		die(EXIT_FAILED, "cannot enter context %u: %s", xid, vs_reason(vs));
	return true;
}

/* --- a new one ------------------------------------------------------------------------- */

static int set_names(const struct arguments *args)
{
	const char *host = args->hostname, *domain = args->domainname;

	if (!host && !domain)
		return 0;
	if (unshare(CLONE_NEWUTS) < 0 || (host && sethostname(host, strlen(host)) < 0) ||
	    (domain && setdomainname(domain, strlen(domain)) < 0))
		return -errno;
	return 0;
}

/* Everything up to exec.  A failure ends the context again. */
static void go_in(struct vs *vs, const struct arguments *args)
{
	uint32_t xid = args->ctx.xid;
	int r;

	if (args->ctx.flags & VS_FLAG_PERSISTENT) {
		r = guard(vs, xid);
		if (r < 0)
			end_and_die(vs, xid, "cannot fork: %s", strerror(-r));
	}
	r = set_names(args);
	if (r < 0)
		end_and_die(vs, xid, "cannot set its names: %s", strerror(-r));
	/* Once it is in, the context ends with us. */
	if (join(vs, &args->ctx, false, args) < 0)
		end_and_die(vs, xid, "%s", vs_reason(vs));
}

/* One that exists, which may have a root of its own: the command is in there. */
static bool may_enter(const struct arguments *args)
{
	return args->ctx.xid && !args->creates;
}

/* Somebody else may be quicker to make one, which is then entered. */
static void enter_or_create(struct vs *vs, struct arguments *args, char *const *command)
{
	uint32_t xid = args->ctx.xid;
	int r = -EEXIST;

	for (int tries = 0; may_enter(args) && r == -EEXIST && tries < CREATE_TRIES; tries++) {
		if (enter_or_die(vs, args))
			return;
		if (xid > VS_XID_STATIC_MAX)
			xid_out_of_range(xid);
		command_or_die(command);
		r = vs_context_create(vs, &args->ctx);
	}
	if (r < 0)
		create_or_die(vs, "context", &args->ctx);
	go_in(vs, args);
	if (!args->silent)
		fprintf(stderr, "New security context is %u\n", args->ctx.xid);
}

int main(int argc, char **argv)
{
	struct arguments args = {};
	struct vs *vs;

	argv[0] = program_invocation_short_name;
	read_arguments(argc, argv, &args);
	if (args.root || may_enter(&args))
		sealed_or_die(argv);
	else
		command_or_die(argv + optind);
	vs = open_or_die();
	if (args.ctx.bucket.rate_ns)
		scheduler_or_die(vs);
	if (args.disconnect)
		disconnect_or_die();

	enter_or_create(vs, &args, argv + optind);
	execvp(argv[optind], argv + optind);
	die(EXIT_FAILED, "cannot run '%s': %s", argv[optind], strerror(errno));
}
