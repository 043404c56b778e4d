/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A process on its way into a guest; between child.c, space.c and exec.c.
 */
#ifndef VS_CHILD_H
#define VS_CHILD_H

#include <sched.h>
#include <sys/resource.h>

#include "vserver.h"

/* What a child is born with and becomes. */
struct vs_child {
	struct vs *vs;
	int program;		/* vs_enter_open() */
	int report;		/* write end of a close-on-exec pipe */
	uint32_t xid;		/* and nid, in the host's network */
	bool own_net;		/* it is in another: no nid */
	uint64_t ceiling;
	bool seccomp;		/* the default filter */
	bool no_new_privs;
};

/**
 * vs_child_clone() - clone3() into a cgroup, as a child of the caller's parent.
 * @flags: CLONE_NEW*.
 *
 * Return: 0 in the child; its pid; or a negative errno.
 */
pid_t vs_child_clone(uint64_t flags, int cgroup);
/* fork() into a cgroup; -1: that of the caller. */
pid_t vs_child_fork(int cgroup);

/* Close all descriptors but 0, 1, 2 and those named; -1 in @keep is none. */
int vs_child_close(struct vs *vs, const int *keep, size_t n);

/* Open a path of the guest's from inside of it, through no magic link: those of
 * /proc/self lead to what this process still has of the host's. */
int vs_child_open(const char *path, int flags, uint64_t resolve);

/* Go to the guest's /root, or where that is none to its /. */
int vs_child_home(struct vs *vs);

/* Drop to the ceiling, load the filter, enter the context, and exec.  Returns on failure only.
 * A @file without a slash is looked up in the PATH of @envp.  All descriptors
 * but 0, 1, 2 are gone then. */
int vs_child_exec(const struct vs_child *child, const char *file, char *const *argv,
		  char *const *envp);

/* reset.c */

/* What a caller must not hand down: ids, securebits, signals, session, keyring,
 * OOM score, memory policy, dumpability.  To be called before the root changes:
 * it wants the host's /proc. */
int vs_child_reset(struct vs *vs);
/* The part of it that is to be done again in another user namespace: ids,
 * securebits, dumpability, keyring. */
int vs_child_root(struct vs *vs);

/* What a command has from the guest's init rather than from its caller. */
struct vs_bounds {
	struct rlimit limits[RLIM_NLIMITS];
	cpu_set_t processors;
};

/* An ordinary task, of no priority: a real-time one would run above every share. */
int vs_child_schedule(struct vs *vs);
/* Read those of init, whose cgroup is, or is below, @cgroup. */
int vs_bounds_read(struct vs *vs, pid_t init, int cgroup, struct vs_bounds *ret);
/* vs_child_schedule(), on init's processors. */
int vs_bounds_schedule(struct vs *vs, const struct vs_bounds *bounds);
/* Init's limits; while the caller has CAP_SYS_RESOURCE. */
int vs_bounds_limit(struct vs *vs, const struct vs_bounds *bounds);

/* child.c again */

/* Tell the other end of @report that a step failed; the reason is in @vs. */
void vs_child_report(int report, struct vs *vs, int error);

/**
 * vs_child_outcome() - wait until exec has closed the pipe, or a step failed.
 * @report: read end.
 *
 * Return: 0; or the errno of the step, with its reason in @vs.
 */
int vs_child_outcome(int report, struct vs *vs);

#endif /* VS_CHILD_H */
