/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Processes of contexts, as /proc has them.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include <vserver.h>

/** struct process - one of them.  Numbers are the host's. */
struct process {
	pid_t pid, ppid;
	uid_t uid;
	uint32_t xid;
	char state;		/* R, S, D, Z ... as in proc(5) */
	uint64_t cpu_ns;	/* processor time used */
	uint64_t memory_bytes;	/* resident */
	uint64_t start;		/* in clock ticks since boot: against reuse of pids */
	char *command;		/* with its arguments; printable */
};

/** processes_read() - those of a context, or of VS_XID_ALL; what ends meanwhile
 * is left out.  0; -ENOMEM; what vs_process_list() says. */
int processes_read(struct vs *vs, uint32_t xid, struct process **ret, size_t *ret_n);
void processes_free(struct process *processes, size_t n);

#endif
