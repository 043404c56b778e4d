/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Work that takes long, done by a child so that the daemon goes on.
 */
#ifndef WORKER_H
#define WORKER_H

#include <systemd/sd-event.h>

/** struct worker - the child. */
struct worker;

/** worker_work_t - runs in the child; 0, or a negative errno and a sentence.  In its
 * place a work that was done may say something. */
typedef int (*worker_work_t)(struct worker *worker, const void *work, char **ret_reason);
typedef void (*worker_progress_t)(unsigned int percent, void *userdata);
/** worker_done_t - @error 0, or a negative errno with a @reason; of work that was done
 * that is what it has to say, or NULL. */
typedef void (*worker_done_t)(int error, const char *reason, void *userdata);

/** struct worker_job - what worker_run() is told, and more.
 * @fd: a descriptor that the child has as WORKER_FD; -1: none. */
struct worker_job {
	worker_work_t work;
	const void *argument;
	int fd;
	worker_progress_t progress;
	worker_done_t done;
	void *userdata;
};
#define WORKER_FD 4

/** worker_start() - as worker_run(); @ret is good until @done is called. */
int worker_start(sd_event *event, const struct worker_job *job, struct worker **ret);
/** worker_kill() - it ends, with -ECHILD, if it has not ended already. */
void worker_kill(struct worker *worker);
/** worker_run() - @done is called later, exactly once, where this returns 0. */
int worker_run(sd_event *event, worker_work_t work, const void *argument,
	       worker_progress_t progress, worker_done_t done, void *userdata);
/** worker_tell() - in the child: this much is done. */
void worker_tell(struct worker *worker, unsigned int percent);

#endif
