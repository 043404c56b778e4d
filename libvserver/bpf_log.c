// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * libbpf prints to stderr what goes wrong.  A library does not print: while
 * BPF objects are loaded the first warning is kept instead, because it names
 * the cause (a missing kfunc, a refused program) where the errno does not.
 * libbpf's print function is one for the whole process and has no argument,
 * hence the variable of the thread; both are put back at the end.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "bpf_log.h"
#include "private.h"

static _Thread_local struct vs_bpf_log *current;

static int keep(enum libbpf_print_level level, const char *format, va_list args)
{
	char *end;

	if (!current || level != LIBBPF_WARN || *current->first)
		return 0;
	vsnprintf(current->first, sizeof(current->first), format, args);
	end = strchr(current->first, '\n');
	if (end)
		*end = '\0';
	return 0;
}

void vs_bpf_log_begin(struct vs_bpf_log *log)
{
	*log->first = '\0';
	current = log;
	log->before = libbpf_set_print(keep);
}

void vs_bpf_log_end(struct vs_bpf_log *log)
{
	libbpf_set_print(log->before);
	current = NULL;
}

int vs_bpf_log_fail(struct vs *vs, const struct vs_bpf_log *log, int error,
		    const char *what)
{
	const char *said = log->first;

	if (!*said)
		return vs_fail_errno(vs, error, "%s", what);
	if (strncmp(said, "libbpf: ", 8) == 0)
		said += 8;
	return vs_fail(vs, error, "%s: %s", what, said);
}
