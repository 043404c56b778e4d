/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's supervisor: parent of its init, holder of its console.  One
 * process a guest, the main process of vserver@NAME.service; it needs the
 * daemon for nothing.
 */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include <systemd/sd-event.h>
#include <vserver.h>

#include "config.h"
#include "state.h"

/** struct supervisor - everything it holds. */
struct supervisor {
	const char *name;
	struct vs *vs;
	struct config *config;
	struct state *state;
	char *unit_cgroup;		/* of vserver@NAME.service */
	uint32_t user_first;		/* the host's id of its id 0 */
	uint64_t booted_usec;		/* CLOCK_MONOTONIC */
	sd_event *event;
	int console;			/* master of the guest's terminal; -1 */
	int terminal;			/* its other end, kept open; -1 */
	int log;			/* what the console printed; -1 */
	size_t logged_bytes;
	int notify;			/* socket that init reports to; -1 */
	int pidfd;			/* init; -1: none */
	sd_event_source *exit_source, *console_source, *notify_source, *deadline;
	sd_event_source *retry;		/* the stop that init does not hear yet */
	int asked;			/* by this signal, while it blocked it */
};

/* supervisor.c */
/** tell() - one line to the journal, the guest's name first. */
void tell(const struct supervisor *s, int priority, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/** phase() - the state has a new phase; written. */
int phase(struct supervisor *s, const char *name);
/** failed() - keep why in the state; @r is given back. */
int failed(struct supervisor *s, const char *step, const char *reason, int r);

/* start.c */
/** start() - make everything and boot.  0, or what failed is in the state. */
int start(struct supervisor *s);
/** boot() - init, in what start() made. */
int boot(struct supervisor *s);
/** set_limits() - those of its configuration, on its control group. */
int set_limits(struct supervisor *s);

/* names.c */
/** names_write() - its /etc/resolv.conf and /etc/hosts, unless they are not ours.
 * 0 also where they cannot be written, which is told; without a tree an errno. */
int names_write(struct supervisor *s);

/* serve.c */
/** serve() - until the guest has ended.  0, or a negative errno. */
int serve(struct supervisor *s);

/* console.c */
/** console_open() - a new terminal; its other end in *@ret_terminal. */
int console_open(struct supervisor *s, int *ret_terminal);
int console_attach(struct supervisor *s);
void console_close(struct supervisor *s);

/* notify.c */
#define NOTIFY_PATH "/run/host/notify"		/* as init sees it */
/** notify_open() - listen where init, which runs, reports that it is ready. */
int notify_open(struct supervisor *s);
void notify_close(struct supervisor *s);

/* cleanup.c */
/** cleanup() - nothing of the guest is left but why it failed.  Also after a
 * supervisor that was killed at any point; 0 where there is nothing to do. */
int cleanup(const char *name);

#endif
