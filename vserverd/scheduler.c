// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Keeps the token bucket scheduler loaded.  The kernel ends a scheduler that
 * errs, and whoever has SysRq can; then the fair class and cpu.max keep the
 * shares of guests, at once and by themselves.  The end comes as a uevent
 * (remove@/kernel/sched_ext/root): it is told with its reason, and the
 * scheduler is loaded again, later each time until it lasts.
 *
 * The events are read from the kernel itself, and not by sd_device_monitor,
 * which has them from udevd only: one daemon less that has to be well.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "event.h"
#include "log.h"
#include "scheduler.h"
#include "scope.h"

#define REMOVED		"remove@/kernel/sched_ext/"
#define GROUP_KERNEL	1
#define DELAY_MIN_USEC	1000000ULL
#define DELAY_MAX_USEC	60000000ULL
#define LASTING_USEC	60000000ULL	/* then the next end is a new matter */

/**
 * struct scheduler - the watch.
 * @fd: uevents.
 * @retry: enabled while it is to be loaded again.
 * @delay_usec: how long the next time.
 * @loaded_usec: when it was loaded; 0: it is not.
 */
struct scheduler {
	struct manager *m;
	int fd;
	sd_event_source *events, *retry;
	uint64_t delay_usec;
	uint64_t loaded_usec;
};

static uint64_t now_usec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- loading ---------------------------------------------------------------------------- */

/* Returns the seconds, for who tells of it. */
static unsigned int retry_later(struct scheduler *s)
{
	uint64_t delay = s->delay_usec;

	sd_event_source_set_time_relative(s->retry, delay);
	sd_event_source_set_enabled(s->retry, SD_EVENT_ONESHOT);
	s->delay_usec = delay * 2 < DELAY_MAX_USEC ? delay * 2 : DELAY_MAX_USEC;
	return (unsigned int)(delay / 1000000);
}

/* Another one that runs ends some day, which is an event; all else is tried. */
static void load(struct scheduler *s)
{
	struct vs *vs = s->m->vs;
	int r = vs_scheduler_load(vs);

	s->loaded_usec = r < 0 ? 0 : now_usec();
	if (r == -EOPNOTSUPP)
		log_info("no scheduler of ours: %s; cpu.max keeps the shares", vs_reason(vs));
	else if (r == -EBUSY)
		log_warning("cannot load the scheduler: %s; cpu.max keeps the shares",
			    vs_reason(vs));
	else if (r < 0)
		log_warning("cannot load the scheduler: %s; %s the shares; tried again in %u s",
			    vs_reason(vs), vs_scheduler_running(vs) == 1 ?
			    "another build's keeps" : "cpu.max keeps", retry_later(s));
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct scheduler *s = userdata;

	load(s);
	if (s->loaded_usec) {
		log_info("the scheduler runs again");
		events_machine(s->m->events, "scheduler-restored", NULL);
	}
	return 0;
}

/* --- its end ------------------------------------------------------------------------------ */

static void ended(struct scheduler *s)
{
	_cleanup_free_ char *reason = NULL;
	int enabled = SD_EVENT_OFF;

	sd_event_source_get_enabled(s->retry, &enabled);
	if (enabled != SD_EVENT_OFF)
		return;		/* it is told, and will be loaded */
	if (!s->loaded_usec) {	/* another one, which was in the way */
		retry_later(s);
		return;
	}
	if (now_usec() - s->loaded_usec >= LASTING_USEC)
		s->delay_usec = DELAY_MIN_USEC;
	s->loaded_usec = 0;
	if (vs_scheduler_exit_reason(s->m->vs, &reason) < 0)
		reason = NULL;
	events_machine(s->m->events, "scheduler-ejected", reason);
	log_error("the scheduler has ended: %s; cpu.max keeps the shares of guests, chcontext's "
		  "are not kept; loaded again in %u s", reason ? reason : "nobody knows why",
		  retry_later(s));
}

/* Of whoever else can send to the group, none is the kernel, which is port 0. */
static bool is_removal(const char *text, const struct sockaddr_nl *sender)
{
	return sender->nl_pid == 0 && !strncmp(text, REMOVED, strlen(REMOVED));
}

static int on_uevents(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct scheduler *s = userdata;
	bool removed = false;

	for (;;) {
		struct sockaddr_nl sender = { 0 };
		socklen_t size = sizeof(sender);
		char text[8192];
		ssize_t n = recvfrom(fd, text, sizeof(text) - 1, MSG_DONTWAIT,
				     (struct sockaddr *)&sender, &size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != ENOBUFS)
			break;
		if (n >= 0)
			text[n] = '\0';
		removed |= n < 0 || is_removal(text, &sender);	/* ENOBUFS: who knows */
	}
	if (removed && vs_scheduler_running(s->m->vs) != 1)
		ended(s);
	return 0;
}

/* --- life ---------------------------------------------------------------------------------- */

static int watch(struct scheduler *s)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = GROUP_KERNEL };
	int r;

	s->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	r = sd_event_add_io(s->m->event, &s->events, s->fd, EPOLLIN, on_uevents, s);
	if (r < 0)
		return r;
	r = sd_event_add_time_relative(s->m->event, &s->retry, CLOCK_MONOTONIC, 0, 0, on_retry, s);
	return r < 0 ? r : sd_event_source_set_enabled(s->retry, SD_EVENT_OFF);
}

static struct scheduler *scheduler_new(struct manager *m)
{
	struct scheduler *s = calloc(1, sizeof(*s));
	int r = -ENOMEM;

	if (s) {
		*s = (struct scheduler){ .m = m, .fd = -1, .delay_usec = DELAY_MIN_USEC };
		r = watch(s);
	}
	if (r == 0 || r == 1)
		return s;
	log_warning("cannot watch the scheduler: %s", strerror(-r));
	scheduler_free(s);
	return NULL;
}

void scheduler_load(struct manager *m)
{
	_cleanup_free_ char *reason = NULL;

	/* While no daemon was there to tell. */
	if (vs_scheduler_running(m->vs) == 0 && vs_scheduler_exit_reason(m->vs, &reason) == 0)
		log_error("the scheduler had ended: %s", reason);
	if (!m->scheduler)
		m->scheduler = scheduler_new(m);
	if (m->scheduler)
		load(m->scheduler);
}

void scheduler_free(struct scheduler *s)
{
	if (!s)
		return;
	sd_event_source_disable_unref(s->events);
	sd_event_source_disable_unref(s->retry);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}
