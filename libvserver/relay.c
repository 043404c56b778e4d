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
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <termios.h>

#include "private.h"

#define TERMINAL_HOLDS	(64 * 1024)	/* bytes; the kernel's own limits are lower */

static bool is_empty(const struct vs_stream *s)
{
	return s->begin == s->end;
}

void vs_relay_add(struct vs_relay *relay, int from, int to)
{
	relay->streams[relay->n_streams++] = (struct vs_stream){
		.from = from,
		.to = to,
		.is_input = from == 0,
	};
}

/* The other side learns of an end by the close of its pipe; a terminal stays. */
static void stream_end(const struct vs_relay *relay, struct vs_stream *s)
{
	if (s->from > 2 && s->from != relay->master)
		close(s->from);
	if (s->to > 2 && s->to != relay->master)
		close(s->to);
	s->from = s->to = -1;
	s->begin = s->end = 0;
}

void vs_relay_close(struct vs_relay *relay)
{
	for (size_t i = 0; i < relay->n_streams; i++)
		stream_end(relay, &relay->streams[i]);
	if (relay->unread >= 0)
		close(TAKE_FD(relay->unread));
}

/* Read or write once, whichever is due.  Errors end the stream, as its end does. */
static void stream_step(struct vs_relay *relay, struct vs_stream *s, size_t limit)
{
	ssize_t n;

	if (is_empty(s)) {
		n = read(s->from, s->buffer,
			 limit < sizeof(s->buffer) ? limit : sizeof(s->buffer));
		if (n > 0) {
			s->begin = 0;
			s->end = n;
		}
	} else {
		n = write(s->to, s->buffer + s->begin, s->end - s->begin);
		if (n > 0)
			s->begin += n;
		/* The command's end of its input is its own affair. */
		if (n < 0 && errno != EINTR && errno != EAGAIN && errno != EPIPE &&
		    s->to < 3 && !relay->error)
			relay->error = -errno;
	}
	if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)))
		return;
	stream_end(relay, s);
}

static void fill(const struct vs_stream *s, struct pollfd *ret)
{
	*ret = (struct pollfd){
		.fd = s->from < 0 ? -1 : is_empty(s) ? s->from : s->to,
		.events = is_empty(s) ? POLLIN : POLLOUT,
	};
}

/* One round, that begins when anything moves.  0, or a negative errno. */
static int streams_step(struct vs_relay *relay, struct pollfd *extra, size_t n_extra)
{
	struct pollfd fds[VS_STREAMS_MAX + 2];
	size_t n = relay->n_streams;

	for (size_t i = 0; i < n; i++)
		fill(&relay->streams[i], &fds[i]);
	for (size_t i = 0; i < n_extra; i++)
		fds[n + i] = extra[i];
	if (poll(fds, n + n_extra, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	for (size_t i = 0; i < n; i++)
		if (fds[i].revents)
			stream_step(relay, &relay->streams[i], SIZE_MAX);
	for (size_t i = 0; i < n_extra; i++)
		extra[i].revents = fds[n + i].revents;
	return 0;
}

static void copy_size(const struct vs_relay *relay)
{
	struct winsize size;

	if (relay->terminal >= 0 && relay->master >= 0 &&
	    ioctl(relay->terminal, TIOCGWINSZ, &size) == 0)
		ioctl(relay->master, TIOCSWINSZ, &size);
}

/* Would it be lost on the first process of a PID namespace? */
static bool is_unheard(pid_t init, int signo)
{
	static const char *const masks[] = { "\nSigBlk:", "\nSigIgn:", "\nSigCgt:" };
	_cleanup_free_ char *status = NULL;
	uint64_t heard = 0;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", init);
	if (vs_read_file(AT_FDCWD, path, &status) < 0)
		return false;
	for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++) {
		const char *line = strstr(status, masks[i]);

		heard |= line ? strtoull(line + strlen(masks[i]), NULL, 16) : 0;
	}
	return !(heard >> (signo - 1) & 1);
}

static void pass_signal(struct vs_relay *relay, int signo, int pidfd)
{
	if (relay->init && is_unheard(relay->init, signo)) {
		relay->ended = signo;
		signo = SIGKILL;
	}
	pidfd_send_signal(pidfd, signo, NULL, 0);
}

static void take_signal(struct vs_relay *relay, int signals, int pidfd)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGWINCH)
		copy_size(relay);
	else
		pass_signal(relay, (int)info.ssi_signo, pidfd);
}

/* --- the end ---------------------------------------------------------------------- */

static bool is_readable(int fd)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };

	return poll(&in, 1, 0) > 0 && in.revents & POLLIN;
}

/* Until it can be written to; false: we are to end. */
static bool wait_writable(int fd, int signals)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLOUT }, { .fd = signals, .events = POLLIN },
	};
	struct signalfd_siginfo info;

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return false;
		if (fds[1].revents && read(signals, &info, sizeof(info)) == sizeof(info) &&
		    info.ssi_signo != SIGWINCH)
			return false;
		if (fds[0].revents)
			return true;
	}
}

/*
 * Of one direction out of the guest: what was there when the command had ended.
 * A pipe says how much that is.  A terminal says only what is in the first of
 * its two buffers (poll() fills that from the second); it cannot hold more than
 * TERMINAL_HOLDS.
 */
static void drain(struct vs_relay *relay, struct vs_stream *s, int signals)
{
	int there = 0;
	size_t left;

	is_readable(s->from);
	left = ioctl(s->from, FIONREAD, &there) == 0 && there > 0 ? (size_t)there : 0;
	if (s->from == relay->master && left < TERMINAL_HOLDS)
		left = TERMINAL_HOLDS;
	while (s->from >= 0) {
		bool reads = is_empty(s);

		if (reads && (!left || !is_readable(s->from)))
			break;
		if (!reads && !wait_writable(s->to, signals))
			break;
		stream_step(relay, s, left);
		if (reads)
			left -= s->end - s->begin;
	}
}

/* Of a file that was read further than the command has. */
static void give_back(const struct vs_relay *relay, const struct vs_stream *s)
{
	int unread = 0;

	ioctl(relay->unread, FIONREAD, &unread);
	lseek(0, -(off_t)(unread + (s->end - s->begin)), SEEK_CUR);
}

static int pump(struct vs_relay *relay, int signals, int pidfd)
{
	struct pollfd extra[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
	};
	int r;

	for (;;) {
		r = streams_step(relay, extra, 2);
		if (r < 0)
			return r;
		if (extra[0].revents)
			take_signal(relay, signals, pidfd);
		if (extra[1].revents)
			break;
		extra[0].revents = extra[1].revents = 0;
	}
	for (size_t i = 0; i < relay->n_streams; i++) {
		struct vs_stream *s = &relay->streams[i];

		if (s->is_input && relay->unread >= 0)
			give_back(relay, s);
		else if (!s->is_input && s->from >= 0)
			drain(relay, s, signals);
	}
	return relay->error;
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
