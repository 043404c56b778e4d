/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a command in a guest has for standard descriptors; between exec.c and
 * relay.c.
 */
#ifndef VS_RELAY_H
#define VS_RELAY_H

#include <stdbool.h>
#include <sys/types.h>

/* One direction: from a descriptor of one side to one of the other. */
struct vs_stream {
	int from, to;		/* @from is -1 once it has ended */
	bool is_input;		/* of the caller */
	size_t begin, end;	/* of what is read and not yet written */
	char buffer[4096];
};

#define VS_STREAMS_MAX 3

struct vs_relay {
	struct vs_stream streams[VS_STREAMS_MAX];
	size_t n_streams;
	int terminal;		/* ours, to be made raw; -1: none */
	int master;		/* of the terminal inside; -1: none */
	int unread;		/* pipe that a file is relayed into: what is still in
				 * it in the end is given back; -1: none */
	pid_t init;		/* the process, where it is the first of its PID namespace,
				 * which ignores what it has no handler for; 0 */
	int ended;		/* the signal for which it was killed, or 0 */
	int error;		/* the first of what could not be written, or 0 */
};

/* One more direction. */
void vs_relay_add(struct vs_relay *relay, int from, int to);

/**
 * vs_relay_run() - pass on bytes, sizes of the terminal and signals until the
 * process @pidfd ends; then what it has written and is still on its way, but not
 * what others may write for ever.
 *
 * Return: 0; or a negative errno, which may be that of a file on the caller's
 * side that cannot be written.  The terminal is as it was in both cases.
 */
int vs_relay_run(struct vs_relay *relay, int pidfd);
/* Close what the relay was given, but the caller's own and the terminals. */
void vs_relay_close(struct vs_relay *relay);

#endif /* VS_RELAY_H */
