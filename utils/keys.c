/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Keys of a terminal, one by one: whatever ends what is shown, the terminal is
 * put right first.
 */
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "keys.h"

#define INTERRUPT	3		/* ^C: the terminal is to be put right first */

/* A signal that ends it once the terminal is as it was. */
static volatile sig_atomic_t ended_by;

static void on_end(int signo)
{
	ended_by = signo;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

bool keys_wait(uint64_t ns)
{
	struct pollfd key = { .fd = STDIN_FILENO, .events = POLLIN };
	uint64_t until = now_ns() + ns;
	bool keys = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	for (uint64_t now = now_ns(); now < until && !ended_by; now = now_ns()) {
		char c = 0;

		if (poll(&key, keys, (int)((until - now) / 1000000 + 1)) == 1 &&
		    (read(STDIN_FILENO, &c, 1) != 1 || c == 'q' || c == INTERRUPT))
			return false;
	}
	return !ended_by;
}

bool keys_take(struct termios *ret_before)
{
	static const int ends[] = { SIGTERM, SIGHUP, SIGINT };
	/* What is being asked is answered first; poll() is never gone on with. */
	const struct sigaction action = { .sa_handler = on_end, .sa_flags = SA_RESTART };
	struct termios raw;

	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, ret_before) < 0)
		return false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		sigaction(ends[i], &action, NULL);
	raw = *ret_before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	return true;
}

void keys_give_back(const struct termios *before)
{
	tcsetattr(STDIN_FILENO, TCSANOW, before);
	if (!ended_by)
		return;
	signal(ended_by, SIG_DFL);
	raise(ended_by);
}
