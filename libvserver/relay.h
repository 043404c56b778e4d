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
	int from, to;
	size_t begin, end;	/* of what is read and not yet written */
	char buffer[4096];
};

#define VS_STREAMS_MAX 3

struct vs_relay {
	struct vs_stream streams[VS_STREAMS_MAX];
	size_t n_streams;
	int terminal;		/* ours, to be made raw; -1: none */
	int master;		/* of the terminal inside; -1: none */
};

/**
 * vs_relay_run() - pass on bytes, sizes of the terminal and signals until the
 * process @pidfd ends; then what is still on its way.
 *
 * Return: 0; or a negative errno.  The terminal is as it was in both cases.
 */
int vs_relay_run(struct vs_relay *relay, int pidfd);

#endif /* VS_RELAY_H */
