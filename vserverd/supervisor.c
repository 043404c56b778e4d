// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver-supervisor run NAME: a guest, from start to end.
 * vserver-supervisor cleanup NAME: what may be left of one.  systemd calls it
 * whatever became of the first.
 * vserver-supervisor runs: what vserver run wants once after each boot.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

#include "run_slot.h"
#include "supervisor.h"
#include "unit.h"

void tell(const struct supervisor *s, int priority, const char *format, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	if (text)
		sd_journal_send("MESSAGE=%s: %s", s->name, text, "PRIORITY=%i", priority,
				"VSERVER_GUEST=%s", s->name, NULL);
	free(text);
}

int phase(struct supervisor *s, const char *name)
{
	char *copy = strdup(name);
	struct timespec now;

	if (!copy)
		return -ENOMEM;
	clock_gettime(CLOCK_REALTIME, &now);
	free(s->state->phase);
	s->state->phase = copy;
	s->state->since_usec = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	return state_write(s->name, s->state);
}

int failed(struct supervisor *s, const char *step, const char *reason, int r)
{
	/* The first failure is the one that counts. */
	if (!s->state->reason) {
		s->state->step = strdup(step);
		s->state->reason = strdup(reason);
		phase(s, "failed");
		tell(s, LOG_ERR, "%s: %s", step, reason);
	}
	return r;
}

/* Only as the main process of the guest's unit: systemd has put it into
 * "supervisor" there, and knows of no second one. */
static int find_unit(struct supervisor *s)
{
	char *own = NULL, *unit = NULL, *slash, *name;
	int r;

	r = vs_cgroup_own(s->vs, 0, &own);
	if (!r)
		r = unit_name(s->name, &unit);
	if (r < 0)
		goto out;
	r = -EINVAL;
	slash = strrchr(own, '/');
	if (!slash || strcmp(slash, "/supervisor"))
		goto out;
	*slash = '\0';
	name = strrchr(own, '/');
	if (!name || strcmp(name + 1, unit))
		goto out;
	s->unit_cgroup = own;
	own = NULL;
	r = 0;
out:
	if (r < 0)
		fprintf(stderr, "vserver-supervisor: this is not the main process of %s; "
			"vserver start %s makes one\n", unit ?: "its unit", s->name);
	free(own);
	free(unit);
	return r;
}

/* What an earlier run could not remove, its state still names: it is not
 * written over before that is gone. */
static int remove_rest(struct supervisor *s)
{
	struct state *left = NULL;
	int r = state_read(s->name, &left);

	if (r == -ENOENT)
		return 0;
	r = r == 0 && !state_is_left(left) ? 0 : cleanup(s->name);
	state_free(left);
	return r;
}

static int supervise(struct supervisor *s)
{
	int r;

	r = find_unit(s);
	if (!r)
		r = remove_rest(s);
	if (r < 0)
		return r;	/* the state stays as it is */
	r = vs_open(&s->vs);
	if (r < 0)
		return failed(s, "reaching vserver.ko",
			      r == -ENOPKG ? "it is not loaded" : strerror(-r), r);
	r = sd_event_new(&s->event);
	if (r < 0)
		return failed(s, "making an event loop", strerror(-r), r);
	r = start(s);
	if (r < 0)
		return r;
	return serve(s);
}

static int run(const char *name)
{
	struct supervisor s = {
		.name = name,
		.console = -1,
		.terminal = -1,
		.log = -1,
		.notify = -1,
		.pidfd = -1,
	};
	sigset_t signals;
	int r;

	/* From the first moment: a stop that comes early is not lost. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGCHLD);	/* sd-event watches children so */
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);

	s.state = calloc(1, sizeof(*s.state));
	if (!s.state)
		return EXIT_FAILURE;
	r = supervise(&s);

	console_close(&s);
	notify_close(&s);
	if (s.pidfd >= 0)
		close(s.pidfd);
	sd_event_unref(s.event);
	config_free(s.config);
	free(s.unit_cgroup);
	state_free(s.state);
	vs_close(s.vs);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Called by vserver-run, whose groups are not there. */
static int prepare_runs(void)
{
	struct vs *vs = NULL;
	int r = vs_new(&vs);

	if (!r)
		r = run_slot_prepare(vs);
	if (r < 0)
		fprintf(stderr, "vserver: cannot make the control groups of runs: %s\n",
			vs ? vs_reason(vs) : strerror(-r));
	vs_close(vs);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "runs"))
		return prepare_runs();
	if (argc != 3 || !vs_name_valid(argv[2])) {
		fputs("vserver-supervisor: usage: vserver-supervisor run|cleanup GUEST\n", stderr);
		return 2;
	}
	if (!strcmp(argv[1], "run"))
		return run(argv[2]);
	if (!strcmp(argv[1], "cleanup"))
		return cleanup(argv[2]) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	fprintf(stderr, "vserver-supervisor: unknown verb '%s'; there are run and cleanup\n",
		argv[1]);
	return 2;
}
