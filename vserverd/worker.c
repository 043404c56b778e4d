// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Work done by a child.  It tells by a pipe how far it is, a byte for each
 * percentage, and how it ended: a zero byte, the errno, the reason.  A child
 * that ends without that has been killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "scope.h"
#include "worker.h"

struct worker {
	pid_t pid;
	int pipe;
	sd_event_source *source;
	char message[1024];	/* from the zero byte on */
	size_t length;
	worker_progress_t progress;
	worker_done_t done;
	void *userdata;
};

/* --- in the child --------------------------------------------------------------- */

void worker_tell(struct worker *worker, unsigned int percent)
{
	uint8_t byte = (uint8_t)percent;

	if (byte && write(worker->pipe, &byte, sizeof(byte)) < 0)
		_exit(EXIT_FAILURE);	/* the daemon is gone */
}

/* The pipe as 3, and what the job needs as WORKER_FD, wherever they are now. */
static void keep_descriptors(struct worker *worker, int fd)
{
	int end = fcntl(worker->pipe, F_DUPFD_CLOEXEC, WORKER_FD + 1);
	int kept = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, WORKER_FD + 1);

	if (end < 0 || (fd >= 0 && kept < 0) || dup3(end, STDERR_FILENO + 1, O_CLOEXEC) < 0 ||
	    (fd >= 0 && dup3(kept, WORKER_FD, O_CLOEXEC) < 0))
		_exit(EXIT_FAILURE);
	worker->pipe = STDERR_FILENO + 1;
	close_range(fd < 0 ? WORKER_FD : WORKER_FD + 1, ~0U, 0);
}

__attribute__((noreturn))
static void be_worker(struct worker *worker, const struct worker_job *job)
{
	_cleanup_free_ char *reason = NULL;
	char message[sizeof(worker->message)] = { 0 };
	sigset_t none;
	int error;

	/* Nothing of the daemon's but the pipe: who talks to it must see the
	 * end of a connection when the daemon closes it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "vserverd-worker");
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	keep_descriptors(worker, job->fd);

	error = job->work(worker, job->argument, &reason);
	memcpy(message + 1, &error, sizeof(error));
	snprintf(message + 1 + sizeof(error), sizeof(message) - 1 - sizeof(error), "%s",
		 reason ? reason : error ? strerror(-error) : "");
	if (write(worker->pipe, message, sizeof(message)) < 0)
		_exit(EXIT_FAILURE);
	_exit(EXIT_SUCCESS);
}

/* --- in the daemon ---------------------------------------------------------------- */

static void end(struct worker *worker)
{
	int error = -ECHILD;
	const char *reason = "the process that did it was killed";

	if (worker->length > 1 + sizeof(error)) {
		memcpy(&error, worker->message + 1, sizeof(error));
		worker->message[sizeof(worker->message) - 1] = '\0';
		reason = worker->message + 1 + sizeof(error);
	}
	while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
		;
	sd_event_source_disable_unref(worker->source);
	close(worker->pipe);
	worker->done(error, error || *reason ? reason : NULL, worker->userdata);
	free(worker);
}

static void take(struct worker *worker, const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!worker->length && data[i]) {
			if (worker->progress)
				worker->progress((uint8_t)data[i], worker->userdata);
		} else if (worker->length < sizeof(worker->message)) {
			worker->message[worker->length++] = data[i];
		}
	}
}

static int on_pipe(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct worker *worker = userdata;
	char data[1024];
	ssize_t n = read(fd, data, sizeof(data));

	if (n > 0)
		take(worker, data, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		end(worker);
	return 0;
}

static int start_child(struct worker *worker, int pipe_in, const struct worker_job *job)
{
	worker->pid = fork();
	if (worker->pid < 0)
		return -errno;
	if (worker->pid == 0) {
		worker->pipe = pipe_in;
		be_worker(worker, job);
	}
	return 0;
}

int worker_start(sd_event *event, const struct worker_job *job, struct worker **ret)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	int fds[2], r;

	if (!worker)
		return -ENOMEM;
	worker->progress = job->progress;
	worker->done = job->done;
	worker->userdata = job->userdata;
	if (pipe2(fds, O_CLOEXEC) < 0) {
		free(worker);
		return -errno;
	}
	worker->pipe = fds[0];
	r = sd_event_add_io(event, &worker->source, fds[0], EPOLLIN, on_pipe, worker);
	if (r >= 0)
		r = start_child(worker, fds[1], job);
	close(fds[1]);
	if (r < 0) {
		sd_event_source_disable_unref(worker->source);
		close(fds[0]);
		free(worker);
		return r;
	}
	if (ret)
		*ret = worker;
	return 0;
}

int worker_run(sd_event *event, worker_work_t work, const void *argument,
	       worker_progress_t progress, worker_done_t done, void *userdata)
{
	const struct worker_job job = {
		.work = work, .argument = argument, .fd = -1, .progress = progress,
		.done = done, .userdata = userdata,
	};

	return worker_start(event, &job, NULL);
}

void worker_kill(struct worker *worker)
{
	kill(worker->pid, SIGKILL);
}
