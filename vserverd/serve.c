// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest that runs: its init ends, reboots, or is to be stopped.
 *
 * reboot(2) in a PID namespace ends its init by a signal, and which one tells
 * what was asked for: SIGHUP to boot again, SIGINT to halt or power off.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "lock.h"
#include "scope.h"
#include "supervisor.h"

#define SEC		1000000ULL	/* us */
#define STOP_LIMIT	(60 * SEC)	/* for a shutdown in good order */
#define RETRY_INTERVAL	(SEC / 10)
#define LISTEN_LIMIT	(10 * SEC)	/* for an init to begin to listen */
#define KILL_LIMIT_NS	10000000000ULL	/* for SIGKILL to be heard by all */

static int watch_init(struct supervisor *s);

/* --- the end ------------------------------------------------------------------- */

/* Whatever init left behind ends with it; a share of the processors would only
 * make dying slow. */
static int kill_rest(struct supervisor *s)
{
	struct vs_limits limits = { .cpu.rate_ns = UINT64_MAX };
	struct vs_context ctx = { .xid = s->state->xid };
	int r;

	vs_context_set(s->vs, &ctx, VS_SET_BUCKET);
	vs_cgroup_limit(s->vs, s->state->cgroup, &limits);
	r = vs_cgroup_kill(s->vs, s->state->cgroup, KILL_LIMIT_NS);
	return r < 0 ? failed(s, "killing it", vs_reason(s->vs), r) : 0;
}

/* Its init ends, which is seen; or something is stuck, and then so is init. */
static int kill_guest(struct supervisor *s)
{
	int r = kill_rest(s);

	return r < 0 ? sd_event_exit(s->event, r) : 0;
}

static void forget_init(struct supervisor *s)
{
	s->exit_source = sd_event_source_disable_unref(s->exit_source);
	notify_close(s);
	console_close(s);
	close(s->pidfd);
	s->pidfd = -1;
	s->state->init = 0;
	s->state->init_start = 0;
	s->state->ready = false;
}

/* What may change while it runs is what its files say now: that includes what
 * was set while it went down.  A file that somebody has broken meanwhile ends
 * no guest. */
static void read_settings(struct supervisor *s)
{
	_cleanup_free_ char *errors = NULL;
	struct config *now;
	int r = config_read(s->name, &now, &errors);

	if (r < 0) {
		tell(s, LOG_WARNING, "its settings stay as they were: %.*s",
		     errors ? (int)strcspn(errors, "\n") : INT_MAX, errors ?: strerror(-r));
		return;
	}
	s->config->bucket = now->bucket;
	free(s->config->cpuset);
	s->config->cpuset = TAKE_PTR(now->cpuset);
	s->config->memory_bytes = now->memory_bytes;
	s->config->swap_bytes = now->swap_bytes;
	s->config->tasks = now->tasks;
	s->config->rate_in = now->rate_in;
	s->config->rate_out = now->rate_out;
	s->config->quota = now->quota;
	config_free(now);
}

/* What init of the last boot made of its cgroup goes.  Whoever changes a
 * setting waits from here on until the new init is there, or is seen here. */
static int reboot_guest(struct supervisor *s)
{
	struct vs_context ctx = { .xid = s->state->xid };
	_cleanup_close_ int lock = -1;
	int r;

	tell(s, LOG_INFO, "reboots");
	sd_notify(0, "STATUS=reboots");
	r = kill_rest(s);
	if (r < 0)
		return r;
	lock = guest_lock(s->name);
	read_settings(s);
	r = vs_cgroup_clear(s->vs, s->state->cgroup);
	if (r < 0)
		return failed(s, "clearing the control group", vs_reason(s->vs), r);
	ctx.bucket = s->config->bucket;
	ctx.bucket.set_tokens = false;	/* or a boot would be worth a bucket */
	r = vs_context_set(s->vs, &ctx, VS_SET_BUCKET);
	if (r < 0)
		return failed(s, "setting the share", vs_reason(s->vs), r);
	r = set_limits(s);
	if (r < 0)
		return failed(s, "setting the limits", vs_reason(s->vs), r);
	r = boot(s);
	if (r < 0)
		return failed(s, "starting init", vs_reason(s->vs), r);
	sd_notify(0, "STATUS=init runs");
	return watch_init(s);
}

static int on_exit_of_init(sd_event_source *source, const siginfo_t *si, void *userdata)
{
	struct supervisor *s = userdata;
	bool stopping = !strcmp(s->state->phase, "stopping");
	char reason[80];
	int r = 0;

	forget_init(s);
	if (si->si_code == CLD_KILLED && si->si_status == SIGHUP && !stopping) {
		r = reboot_guest(s);
		return r < 0 ? sd_event_exit(s->event, r) : 0;
	}
	if (!stopping && !(si->si_code == CLD_KILLED && si->si_status == SIGINT) &&
	    !(si->si_code == CLD_EXITED && si->si_status == 0)) {
		snprintf(reason, sizeof(reason), "its init ended with %s %d",
			 si->si_code == CLD_EXITED ? "status" : "signal", si->si_status);
		r = failed(s, "running", reason, -EPROTO);
	}
	if (kill_rest(s) < 0 && !r)
		r = -ETIMEDOUT;
	return sd_event_exit(s->event, r);
}

static int watch_init(struct supervisor *s)
{
	return sd_event_add_child_pidfd(s->event, &s->exit_source, s->pidfd, WEXITED,
					on_exit_of_init, s);
}

/* --- stopping ------------------------------------------------------------------- */

/* What asks an init to power off; by the name of its program. */
static int stop_signal(const struct supervisor *s)
{
	static const char deleted[] = " (deleted)";	/* replaced since: upgraded */
	char link[64], path[PATH_MAX];
	const char *program;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/exe", (int)s->state->init);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return SIGTERM;
	path[n] = '\0';
	if ((size_t)n > strlen(deleted) && !strcmp(path + n - strlen(deleted), deleted))
		path[(size_t)n - strlen(deleted)] = '\0';
	program = strrchr(path, '/');
	program = program ? program + 1 : path;
	if (!strcmp(program, "systemd"))
		return SIGRTMIN + 4;
	if (!strcmp(program, "busybox"))
		return SIGUSR2;
	if (!strcmp(program, "init"))		/* of sysvinit */
		return SIGPWR;
	return SIGTERM;
}

/* What becomes of a signal to init. */
struct hearing {
	bool caught, blocked, pending;
};

/* Does it wait for signals as they come?  Those are not blocked for so long, and
 * are not dropped all the same. */
static bool init_waits(const struct supervisor *s)
{
	/* rt_sigtimedwait, of i386 too */
	static const int calls[] = { 128, 177, 421 };
	char path[64];
	int call = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)s->state->init);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%d", &call) != 1)
		call = -1;
	fclose(file);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (call == calls[i])
			return true;
	return false;
}

static struct hearing init_hearing(const struct supervisor *s, int signo)
{
	unsigned long long caught = 0, blocked = 0, pending = 0;
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)s->state->init);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		sscanf(line, "SigCgt: %llx", &caught);
		sscanf(line, "SigBlk: %llx", &blocked);
		sscanf(line, "ShdPnd: %llx", &pending);
	}
	if (file)
		fclose(file);
	return (struct hearing){
		.caught = caught >> (signo - 1) & 1,
		.blocked = (blocked >> (signo - 1) & 1) || init_waits(s),
		.pending = pending >> (signo - 1) & 1,
	};
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct supervisor *s = userdata;

	tell(s, LOG_WARNING, "did not shut down in %llu s; it is killed", STOP_LIMIT / SEC);
	sd_notify(0, "STATUS=killing what did not shut down");
	s->retry = sd_event_source_disable_unref(s->retry);
	return kill_guest(s);
}

/* An init that has just begun may not be listening yet, and systemd may boot
 * slowly; another that has had its time and does not listen never will. */
static bool may_listen(const struct supervisor *s, int signo)
{
	uint64_t now = 0;

	sd_event_now(s->event, CLOCK_MONOTONIC, &now);
	return signo == SIGRTMIN + 4 || now < s->booted_usec + LISTEN_LIMIT;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata);

static int ask_later(struct supervisor *s)
{
	int r;

	s->retry = sd_event_source_disable_unref(s->retry);
	r = sd_event_add_time_relative(s->event, &s->retry, CLOCK_MONOTONIC, RETRY_INTERVAL, 0,
				       on_retry, s);
	return r < 0 ? kill_guest(s) : 0;
}

/*
 * Init is asked, or will be asked again, or everything is killed.  The kernel
 * drops what init neither catches nor blocks.  What it blocks it may read, as
 * systemd does from a descriptor, or have dropped when it blocks it no more, as a
 * shell that waits for a child: what has gone while it was blocked was read.  What
 * has gone since may have been either, and init may be shutting down by now: it is
 * asked again if it comes to listen, and has the time of any other shutdown.
 */
static int ask_init(struct supervisor *s)
{
	int signo = stop_signal(s);
	struct hearing hearing = init_hearing(s, signo);
	bool queued = hearing.blocked && !hearing.caught;

	if (queued && s->asked == signo && !hearing.pending)
		return ask_later(s);
	if ((hearing.caught || queued) && !hearing.pending &&
	    pidfd_send_signal(s->pidfd, signo, NULL, 0) < 0)
		return kill_guest(s);
	if (hearing.caught)
		return 0;
	if (queued)
		s->asked = signo;
	return s->asked || may_listen(s, signo) ? ask_later(s) : kill_guest(s);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct supervisor *s = userdata;

	return s->pidfd < 0 ? 0 : ask_init(s);
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
	struct supervisor *s = userdata;
	int r;

	if (!strcmp(s->state->phase, "stopping"))
		return 0;
	r = phase(s, "stopping");
	if (r < 0)
		tell(s, LOG_WARNING, "cannot write the state: %s", strerror(-r));
	sd_notify(0, "STOPPING=1\nSTATUS=shutting down");
	r = sd_event_add_time_relative(s->event, &s->deadline, CLOCK_MONOTONIC, STOP_LIMIT, 0,
				       on_deadline, s);
	return r < 0 ? r : ask_init(s);
}

int serve(struct supervisor *s)
{
	int r;

	r = sd_event_add_signal(s->event, NULL, SIGTERM, on_stop, s);
	if (r >= 0)
		r = sd_event_add_signal(s->event, NULL, SIGINT, on_stop, s);
	if (r >= 0)
		r = watch_init(s);
	if (r >= 0)
		r = sd_event_loop(s->event);
	s->deadline = sd_event_source_disable_unref(s->deadline);
	s->retry = sd_event_source_disable_unref(s->retry);
	if (r < 0)
		return failed(s, "running", strerror(-r), r);
	return 0;
}
