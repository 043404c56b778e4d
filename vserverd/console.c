// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The guest's console: the supervisor holds the other end, always reads, and
 * keeps the last of it.  A guest that floods it fills neither memory nor the
 * host's journal; one that never reads it blocks nobody, for nothing is
 * written to it.  The guest's end is kept open here too: a guest closes it when
 * it likes, and a master whose other end nobody has open only says EIO.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "supervisor.h"

#define LOG_MAX_BYTES	(256 * 1024)	/* twice that is kept: NAME.console and .1 */

/* The guest's end, once more. */
static int open_terminal(struct supervisor *s)
{
	int fd = ioctl(s->console, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (s->terminal >= 0)
		close(s->terminal);
	s->terminal = fd;
	return 0;
}

int console_open(struct supervisor *s, int *ret_terminal)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int terminal, r;

	s->console = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (s->console < 0)
		return -errno;
	if (grantpt(s->console) < 0 || unlockpt(s->console) < 0)
		return -errno;
	ioctl(s->console, TIOCSWINSZ, &size);
	r = open_terminal(s);
	if (r < 0)
		return r;
	terminal = fcntl(s->terminal, F_DUPFD_CLOEXEC, 3);
	if (terminal < 0)
		return -errno;
	*ret_terminal = terminal;
	return 0;
}

static int open_log(struct supervisor *s)
{
	char path[256], before[264];

	snprintf(path, sizeof(path), "%s/%s.console", STATE_DIR, s->name);
	snprintf(before, sizeof(before), "%s.1", path);
	if (s->log >= 0)
		close(s->log);
	rename(path, before);
	s->log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	s->logged_bytes = 0;
	return s->log < 0 ? -errno : 0;
}

static int on_output(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct supervisor *s = userdata;
	char text[4096];
	ssize_t n = read(fd, text, sizeof(text));

	if (n <= 0) {
		/* EIO: our own hold on the other end was hung up, too. */
		if (n < 0 && (errno == EAGAIN || errno == EINTR ||
			      (errno == EIO && open_terminal(s) == 0)))
			return 0;
		s->console_source = sd_event_source_disable_unref(s->console_source);
		return 0;
	}
	if (s->logged_bytes + (size_t)n > LOG_MAX_BYTES && open_log(s) < 0)
		return 0;
	if (write(s->log, text, (size_t)n) == n)
		s->logged_bytes += (size_t)n;
	return 0;
}

int console_attach(struct supervisor *s)
{
	int r = s->log < 0 ? open_log(s) : 0;

	if (r < 0)
		return r;
	r = sd_event_add_io(s->event, &s->console_source, s->console, EPOLLIN, on_output, s);
	/* A guest's output must not keep its end from being seen. */
	if (r >= 0)
		r = sd_event_source_set_priority(s->console_source, SD_EVENT_PRIORITY_IDLE);
	return r < 0 ? r : 0;
}

void console_close(struct supervisor *s)
{
	s->console_source = sd_event_source_disable_unref(s->console_source);
	if (s->terminal >= 0)
		close(s->terminal);
	if (s->console >= 0)
		close(s->console);
	s->terminal = s->console = -1;
}
