/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver wait: until a context ends, and ends as it did.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "cli.h"
#include "client.h"
#include "target.h"
#include "verbs.h"

#define LOOK_NS		10000000000ULL	/* after so long without events: is it there? */

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

/* --- how it ended ------------------------------------------------------------------ */

/* reboot(2) ends the init of a PID namespace by SIGINT: it powered off. */
static bool is_poweroff(const struct vs_context *context, const struct vs_notice *notice)
{
	return context->flags & VS_FLAG_CGROUP && WIFSIGNALED(notice->status) &&
	       WTERMSIG(notice->status) == SIGINT;
}

static int print(const struct cli *cli, const struct vs_notice *notice, const char *how,
		 int number)
{
	bool exited = notice->has_status && WIFEXITED(notice->status);
	bool killed = notice->has_status && WIFSIGNALED(notice->status);
	sd_json_variant *object = NULL;
	int r;

	if (!cli_has(cli, "json")) {
		cli_say(cli, number < 0 ? "%s: %s" : "%s: %s %d", notice->name, how, number);
		return EXIT_DONE;
	}
	r = sd_json_buildo(&object, SD_JSON_BUILD_PAIR_UNSIGNED("xid", notice->xid),
			   SD_JSON_BUILD_PAIR_STRING("context", notice->name),
			   SD_JSON_BUILD_PAIR_CONDITION(exited, "status",
				SD_JSON_BUILD_INTEGER(WEXITSTATUS(notice->status))),
			   SD_JSON_BUILD_PAIR_CONDITION(killed, "signal",
				SD_JSON_BUILD_INTEGER(WTERMSIG(notice->status))));
	r = r < 0 ? fail_memory() : print_json(object);
	sd_json_variant_unref(object);
	return r;
}

static int tell(const struct cli *cli, const struct vs_context *context,
		const struct vs_notice *notice)
{
	int status = notice->status, r;

	if (!notice->has_status || is_poweroff(context, notice))
		return print(cli, notice, "ended", -1);
	if (WIFSIGNALED(status)) {
		r = print(cli, notice, "ended by signal", WTERMSIG(status));
		return r ? r : 128 + WTERMSIG(status);
	}
	r = print(cli, notice, "ended with status", WEXITSTATUS(status));
	return r ? r : WEXITSTATUS(status);
}

/* --- waiting -------------------------------------------------------------------------- */

/* 0: an event, or for LOOK_NS there was none, which is one that was missed. */
static int next_notice(struct vs_listener *listener, uint64_t until_ns, struct vs_notice *ret)
{
	struct pollfd input = { .fd = vs_listener_fd(listener), .events = POLLIN };
	int r = vs_listener_next(listener, ret);
	uint64_t now = now_ns(), limit_ns;

	if (r != -EAGAIN)
		return r;
	if (now >= until_ns)
		return -ETIMEDOUT;
	limit_ns = until_ns - now < LOOK_NS ? until_ns - now : LOOK_NS;
	if (poll(&input, 1, (int)(limit_ns / 1000000 + 1)) < 0 && errno != EINTR)
		return -errno;
	r = vs_listener_next(listener, ret);
	if (r != -EAGAIN)
		return r;
	*ret = (struct vs_notice){ .missed = 1 };
	return 0;
}

/* Events may have been lost, its end among them. */
static bool has_ended(struct vs *vs, const struct vs_context *context, struct vs_notice *notice)
{
	struct vs_context now;

	if (notice->event == VS_EVENT_ENDED && notice->xid == context->xid)
		return true;
	if (!notice->missed || vs_context_get(vs, context->xid, &now) != -ESRCH)
		return false;
	*notice = (struct vs_notice){ .xid = context->xid };
	strcpy(notice->name, context->name);
	return true;
}

static int wait_for(const struct cli *cli, struct vs *vs, struct vs_listener *listener,
		    const struct vs_context *context, uint64_t until_ns)
{
	struct vs_notice notice;
	int r;

	do {
		r = next_notice(listener, until_ns, &notice);
		if (r == -ETIMEDOUT)
			return fail("waited for '%s': it has not ended", cli->args[0]);
		if (r < 0)
			return fail("cannot wait for '%s': %s", cli->args[0], strerror(-r));
	} while (!has_ended(vs, context, &notice));
	return tell(cli, context, &notice);
}

static int read_limit(const struct cli *cli, uint64_t *ret_until_ns)
{
	const char *text = cli_value(cli, "timeout");
	uint64_t ns;

	*ret_until_ns = UINT64_MAX;
	if (!text)
		return EXIT_DONE;
	if (vs_parse_time(text, &ns) < 0)
		return fail_usage("wait: --timeout wants a time like 30s, not '%s'", text);
	if (__builtin_add_overflow(now_ns(), ns, ret_until_ns))
		*ret_until_ns = UINT64_MAX;
	return EXIT_DONE;
}

/* One listens first and looks then, so that no end is between. */
static int run(const struct cli *cli)
{
	const struct vs_context *context;
	struct vs_listener *listener = NULL;
	struct target target = { 0 };
	struct vs *vs = NULL;
	uint64_t until_ns;
	int r;

	r = read_limit(cli, &until_ns);
	if (r)
		return r;
	r = vs_open(&vs);
	if (r < 0)
		return fail("cannot wait for '%s': %s", cli->args[0], open_error(r));
	if (vs_listen(vs, &listener) < 0)
		r = fail("cannot wait for '%s': %s", cli->args[0], vs_reason(vs));
	if (!r)
		r = target_open("wait", &target);
	if (!r)
		r = target_find(&target, "wait for", cli->args[0], &context);
	if (!r)
		r = wait_for(cli, vs, listener, context, until_ns);
	target_close(&target);
	vs_listener_free(listener);
	vs_close(vs);
	return r;
}

const struct verb verb_wait = {
	.name = "wait",
	.arguments = "NAME [--timeout TIME] [--json]",
	.summary = "wait until a guest or context ends, and end as it did",
	.details =
		"\n"
		"NAME is a guest that runs or a context of chcontext, by name or number.\n"
		"Exit status: that of the first process in it, a guest's init; 128 + N where\n"
		"signal N ended it; 0 where a guest powered off, or where it is not known.",
	.options = (const struct option_row[]){
		{ "timeout", 0, "TIME", "fail if it has not ended by then: 30s" },
		{ "json", 0, NULL, "print JSON" },
		{ NULL },
	},
	.min = 1, .max = 1, .wants = "NAME",
	.run = run,
};
