// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Between a command in a guest and who called it: bytes in both directions,
 * the size of the terminal, and the signals that ask to end.  The command
 * never holds a terminal of the caller's: what it can do to one (TIOCSTI,
 * reading on after its end) it can only do to its own.
 */
#include "relay.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <termios.h>

#include "private.h"

static bool is_empty(const struct vs_stream *s)
{
	return s->begin == s->end;
}

/* Read or write once, whichever is due.  Errors end the stream, as its end does. */
static void stream_step(struct vs_stream *s)
{
	ssize_t n;

	if (is_empty(s)) {
		n = read(s->from, s->buffer, sizeof(s->buffer));
		if (n > 0) {
			s->begin = 0;
			s->end = n;
		}
	} else {
		n = write(s->to, s->buffer + s->begin, s->end - s->begin);
		if (n > 0)
			s->begin += n;
	}
	if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)))
		return;
	s->begin = s->end = 0;
	s->from = -1;
}

/* The other side learns of an end by the close of its pipe; a terminal stays. */
static void stream_end(struct vs_relay *relay, struct vs_stream *s)
{
	if (s->to > 2 && s->to != relay->master)
		close(s->to);
	s->to = -1;
}

static void fill(const struct vs_stream *s, struct pollfd *ret)
{
	*ret = (struct pollfd){
		.fd = s->from < 0 ? -1 : is_empty(s) ? s->from : s->to,
		.events = is_empty(s) ? POLLIN : POLLOUT,
	};
}

/* One round.  Returns how many streams moved, or a negative errno. */
static int streams_step(struct vs_relay *relay, struct pollfd *extra, size_t n_extra,
			int timeout_ms)
{
	struct pollfd fds[VS_STREAMS_MAX + 2];
	size_t n = relay->n_streams;
	int moved = 0;

	for (size_t i = 0; i < n; i++)
		fill(&relay->streams[i], &fds[i]);
	for (size_t i = 0; i < n_extra; i++)
		fds[n + i] = extra[i];
	if (poll(fds, n + n_extra, timeout_ms) < 0)
		return errno == EINTR ? 0 : -errno;
	for (size_t i = 0; i < n; i++) {
		if (!fds[i].revents)
			continue;
		stream_step(&relay->streams[i]);
		if (relay->streams[i].from < 0)
			stream_end(relay, &relay->streams[i]);
		moved++;
	}
	for (size_t i = 0; i < n_extra; i++)
		extra[i].revents = fds[n + i].revents;
	return moved;
}

static void copy_size(const struct vs_relay *relay)
{
	struct winsize size;

	if (relay->terminal >= 0 && relay->master >= 0 &&
	    ioctl(relay->terminal, TIOCGWINSZ, &size) == 0)
		ioctl(relay->master, TIOCSWINSZ, &size);
}

static void take_signal(const struct vs_relay *relay, int signals, int pidfd)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGWINCH)
		copy_size(relay);
	else
		pidfd_send_signal(pidfd, (int)info.ssi_signo, NULL, 0);
}

static int pump(struct vs_relay *relay, int signals, int pidfd)
{
	struct pollfd extra[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
	};
	int r;

	for (;;) {
		r = streams_step(relay, extra, 2, -1);
		if (r < 0)
			return r;
		if (extra[0].revents)
			take_signal(relay, signals, pidfd);
		if (extra[1].revents)
			break;
		extra[0].revents = extra[1].revents = 0;
	}
	/* It has ended; what it wrote before is on its way.  Not what its own
	 * children may write for ever, nor what we might still type. */
	for (size_t i = 0; i < relay->n_streams; i++)
		if (relay->streams[i].to == relay->master || relay->streams[i].from == 0)
			relay->streams[i].from = -1;
	do {
		r = streams_step(relay, NULL, 0, 0);
	} while (r > 0);
	return r;
}

static int make_raw(int terminal, struct termios *ret_before)
{
	struct termios raw;

	if (tcgetattr(terminal, ret_before) < 0)
		return -errno;
	raw = *ret_before;
	cfmakeraw(&raw);
	return tcsetattr(terminal, TCSADRAIN, &raw) < 0 ? -errno : 0;
}

int vs_relay_run(struct vs_relay *relay, int pidfd)
{
	_cleanup_close_ int signals = -1;
	sigset_t ours, before;
	struct termios terminal;
	bool raw = false;
	int r;

	sigemptyset(&ours);
	sigaddset(&ours, SIGWINCH);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGQUIT);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGPIPE);
	if (sigprocmask(SIG_BLOCK, &ours, &before) < 0)
		return -errno;
	sigdelset(&ours, SIGPIPE);	/* blocked, so that write() says EPIPE */
	signals = signalfd(-1, &ours, SFD_CLOEXEC);
	r = signals < 0 ? -errno : 0;
	if (!r && relay->terminal >= 0) {
		copy_size(relay);
		r = make_raw(relay->terminal, &terminal);
		raw = !r;
	}
	if (!r)
		r = pump(relay, signals, pidfd);
	if (raw)
		tcsetattr(relay->terminal, TCSADRAIN, &terminal);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}
