/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver kill: a signal to everything in a guest or context, or to some of it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli.h"
#include "client.h"
#include "target.h"
#include "verbs.h"

#define KILL_LIMIT_NS	10000000000ULL	/* for SIGKILL to be heard by all */

/* --- what is asked for ---------------------------------------------------------- */

/* "9", "KILL", "SIGKILL", "RTMIN+4"; -1: there is no such signal. */
static int signal_number(const char *word)
{
	char *end;
	long number = strtol(word, &end, 10);

	if (end != word)
		return *end || number < 1 || number > SIGRTMAX ? -1 : (int)number;
	if (!strncasecmp(word, "SIG", 3))
		word += 3;
	if (!strncasecmp(word, "RTMIN", 5)) {
		number = word[5] == '+' ? strtol(word + 6, &end, 10) : 0;
		if ((word[5] && (word[5] != '+' || end == word + 6 || *end)) || number < 0 ||
		    number > SIGRTMAX - SIGRTMIN)
			return -1;
		return SIGRTMIN + (int)number;
	}
	for (int i = 1; i < SIGRTMIN; i++) {
		const char *name = sigabbrev_np(i);

		if (name && !strcasecmp(name, word))
			return i;
	}
	return -1;
}

static int read_signal(const struct cli *cli, int *ret)
{
	const char *word = cli_value(cli, "signal");

	*ret = word ? signal_number(word) : cli_has(cli, "end") ? SIGKILL : SIGTERM;
	if (*ret < 0)
		return fail_usage("kill: there is no signal '%s'; see: kill -l", word);
	if (cli_has(cli, "end") && (*ret != SIGKILL || cli->n_args > 1))
		return fail_usage("kill: --end kills all of it: neither another signal nor pids");
	return EXIT_DONE;
}

static bool read_pid(const char *word, pid_t *ret)
{
	char *end;
	long number = strtol(word, &end, 10);

	if (end == word || *end || number < 1 || number > (1 << 22))
		return false;
	*ret = (pid_t)number;
	return true;
}

/* All are read before one is signalled. */
static int check_pids(const struct cli *cli)
{
	pid_t pid;

	for (size_t i = 1; i < cli->n_args; i++)
		if (!read_pid(cli->args[i], &pid))
			return fail_usage("kill: '%s' is not the number of a process",
					  cli->args[i]);
	return EXIT_DONE;
}

/* --- what is done ----------------------------------------------------------------- */

static int kill_pids(const struct cli *cli, const struct target *target, uint32_t xid, int signo)
{
	int status = EXIT_DONE;

	for (size_t i = 1; i < cli->n_args; i++) {
		pid_t pid = 0;

		read_pid(cli->args[i], &pid);
		if (vs_context_kill(target->vs, xid, pid, signo) < 0)
			status = fail("cannot kill %d: %s", (int)pid, vs_reason(target->vs));
	}
	return status;
}

/* Its cgroup has what is not in the context, too: who is about to enter. */
static int kill_cgroup(const struct target *target, const struct vs_context *context)
{
	sd_json_variant *guest = NULL;
	const char *cgroup;
	int r = EXIT_DONE;

	if (!(context->flags & VS_FLAG_CGROUP) || !client_reachable())
		return EXIT_DONE;
	r = call_guest("kill", context->name, &guest);
	cgroup = r ? NULL : field_string(guest, "cgroup");
	if (cgroup && vs_cgroup_kill(target->vs, cgroup, KILL_LIMIT_NS) < 0)
		r = fail("cannot kill '%s': %s", context->name, vs_reason(target->vs));
	sd_json_variant_unref(guest);
	return r;
}

/* Its limit is lifted meanwhile, and has to come back whoever is impatient. */
static int empty(struct vs *vs, uint32_t xid)
{
	sigset_t impatient, before;
	int r;

	sigemptyset(&impatient);
	sigaddset(&impatient, SIGINT);
	sigaddset(&impatient, SIGTERM);
	sigaddset(&impatient, SIGHUP);
	sigprocmask(SIG_BLOCK, &impatient, &before);
	r = vs_context_empty(vs, xid, KILL_LIMIT_NS);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

static int kill_all(const struct cli *cli, const struct target *target,
		    const struct vs_context *context, int signo)
{
	uint32_t xid = context->xid;
	int r;

	if (signo != SIGKILL)
		r = vs_context_kill(target->vs, xid, 0, signo);
	else
		r = empty(target->vs, xid);
	if (!r && cli_has(cli, "end")) {
		r = vs_context_end(target->vs, xid);
		if (r == -ESRCH)
			r = 0;		/* it was not persistent */
	}
	if (r < 0)
		return fail("cannot kill '%s': %s", cli->args[0], vs_reason(target->vs));
	return signo == SIGKILL ? kill_cgroup(target, context) : EXIT_DONE;
}

static int run(const struct cli *cli)
{
	const struct vs_context *context;
	struct target target = { 0 };
	int r, signo;

	r = read_signal(cli, &signo);
	if (!r)
		r = check_pids(cli);
	if (r)
		return r;
	r = target_open("kill", &target);
	if (!r)
		r = target_find(&target, "kill", cli->args[0], &context);
	if (!r && cli_has(cli, "end") && context->flags & VS_FLAG_CGROUP)
		r = fail("cannot end '%s': it is a guest; stop it: vserver stop %s",
			 cli->args[0], context->name);
	else if (!r && cli->n_args > 1)
		r = kill_pids(cli, &target, context->xid, signo);
	else if (!r)
		r = kill_all(cli, &target, context, signo);
	target_close(&target);
	return r;
}

const struct verb verb_kill = {
	.name = "kill",
	.arguments = "NAME [PID...] [--signal SIGNAL] [--end]",
	.summary = "send a signal to the processes of a guest or context",
	.details =
		"\n"
		"NAME is a guest that runs or a context of chcontext, by name or number; PID a\n"
		"process in it, by the host's number; without one, all of them.  After KILL it\n"
		"answers when nothing is left.  To shut a guest down: vserver stop.",
	.options = (const struct option_row[]){
		{ "signal", 's', "SIGNAL", "TERM without it; KILL, HUP, 9, RTMIN+4, ..." },
		{ "end", 0, NULL, "kill all, and end a context that is persistent" },
		{ NULL },
	},
	.min = 1, .max = SIZE_MAX, .wants = "NAME",
	.run = run,
};
