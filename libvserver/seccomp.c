// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A filter on system calls, the second wall behind the rules in BPF: what no
 * program of a context needs, or what its ceiling makes useless, does not reach
 * the kernel's code at all.  In the spirit of what container runtimes ship: a
 * list of what is allowed, more of it with certain capabilities.
 *
 * What is refused for want of a capability is EPERM, as without the filter; so
 * is what no context has (keys, rings, kernels).  Anything else, above all the
 * calls of later kernels, is ENOSYS: then C libraries take the older call.  The
 * gate of 32-bit programs has the same list; that of x32, which nobody uses, is
 * shut.
 *
 * Arguments are looked at in two calls only.  Which families of sockets, which
 * devices, whose processes: that is BPF's.
 *
 * How it is put together is seccomp_filter.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "private.h"
#include "seccomp_filter.h"

int vs_seccomp_load(struct vs *vs, uint64_t ceiling)
{
	struct sock_filter filter[VS_SECCOMP_FILTER_MAX];
	struct sock_fprog program = { .filter = filter };

	program.len = vs_seccomp_filter(ceiling, filter);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return vs_fail_errno(vs, -errno, "loading the filter on system calls");
	return 0;
}

int vs_seccomp_no_new_privs(struct vs *vs)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return vs_fail_errno(vs, -errno, "giving up new privileges");
	return 0;
}

/* --- as init has it ----------------------------------------------------------------- */

static bool has_line(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	return at && at[strlen(line)] == '\n';
}

int vs_seccomp_read(struct vs *vs, pid_t pid, bool *ret_seccomp, bool *ret_no_new_privs)
{
	_cleanup_free_ char *text = NULL;
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	r = vs_read_file(AT_FDCWD, path, &text);
	if (r < 0)
		return vs_fail_errno(vs, r, "reading %s", path);
	*ret_seccomp = has_line(text, "\nSeccomp:\t2");
	*ret_no_new_privs = has_line(text, "\nNoNewPrivs:\t1");
	return 0;
}
