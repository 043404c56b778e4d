/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What libbpf says while objects are loaded; for the files that load them.
 */
#ifndef VS_BPF_LOG_H
#define VS_BPF_LOG_H

#include <bpf/libbpf.h>

#include "vserver.h"

struct vs_bpf_log {
	char first[256];	/* the first warning, one line */
	libbpf_print_fn_t before;
};

void vs_bpf_log_begin(struct vs_bpf_log *log);
void vs_bpf_log_end(struct vs_bpf_log *log);
/* "WHAT: the first warning", or where there is none WHAT and the errno. */
int vs_bpf_log_fail(struct vs *vs, const struct vs_bpf_log *log, int error,
		    const char *what);

#endif /* VS_BPF_LOG_H */
