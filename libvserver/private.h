/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the files of the library share and programs do not see: the handle,
 * how a failure gets its sentence, release by scope, and the few functions
 * of one file that another needs.  No code of more than one line is here.
 */
#ifndef VS_PRIVATE_H
#define VS_PRIVATE_H

#include <stdlib.h>
#include <unistd.h>

#include "vserver.h"

#define VS_REASON_MAX	512

struct nl_sock;

struct vs {
	struct nl_sock *socket;		/* NULL: made by vs_new() */
	int family;			/* number of the module's family */
	uint32_t scheduler_hash;	/* of this build's; 0: not known yet */
	char reason[VS_REASON_MAX];
};

/* --- release by scope ---------------------------------------------------- */

static inline void vs_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void vs_cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define _cleanup_free_	__attribute__((cleanup(vs_cleanup_free)))
#define _cleanup_close_	__attribute__((cleanup(vs_cleanup_close)))

/* Give up what a _cleanup_ variable holds; ownership moves. */
#define TAKE_PTR(p)	({ typeof(p) taken_ = (p); (p) = NULL; taken_; })
#define TAKE_FD(fd)	({ int taken_ = (fd); (fd) = -1; taken_; })

/* --- reasons: each returns @error, a negative errno; @vs may be NULL ------- */

int vs_fail(struct vs *vs, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "WHAT: strerror" */
int vs_fail_errno(struct vs *vs, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void vs_reason_set(struct vs *vs, const char *reason);

/* --- address.c ---------------------------------------------------------------- */

bool vs_address_is_unicast(const struct vs_address *address);

/* --- traffic_value.c ------------------------------------------------------------ */

/* Of VS_TYPE_RATE and VS_TYPE_TRAFFIC: as vs_setting_check(). */
int vs_traffic_check(enum vs_setting_type type, const char *value, char **ret_reason,
		     char **ret_remedy);

/* --- cgroup.c ------------------------------------------------------------------ */

/* A descriptor of the directory, or -ENOENT and others without a reason. */
int vs_cgroup_find(const char *path);
/* Whoever has the id @owner may make cgroups below @dir, not change its limits. */
int vs_cgroup_delegate(struct vs *vs, int dir, uint32_t owner);

/* --- cpuset.c ------------------------------------------------------------------ */

/* A list that the kernel has written: 0, or a negative errno. */
int vs_cpuset_read(int dir, const char *file, struct vs_cpuset *ret);
/* The processors that this machine has, on line or not. */
void vs_cpuset_machine(struct vs_cpuset *ret);

/* --- quota.c ------------------------------------------------------------------- */

/* A share as cpu.max takes it. */
struct vs_quota {
	uint64_t quota_us, period_us;
};
struct vs_quota vs_quota_of(const struct vs_bucket *cpu);

/* --- nl.c ------------------------------------------------------------------ */

int vs_nl_open(struct vs *vs);
void vs_nl_close(struct vs *vs);
int vs_nl_context_new(struct vs *vs, const struct vs_context *ctx,
		      struct vs_context *ret);
/* by number, or where @name is not NULL by name */
int vs_nl_context_get(struct vs *vs, uint32_t xid, const char *name,
		      struct vs_context *ret);
int vs_nl_context_list(struct vs *vs, struct vs_context **ret, size_t *ret_n);
int vs_nl_context_set(struct vs *vs, const struct vs_context *ctx, unsigned int fields);
int vs_nl_context_end(struct vs *vs, uint32_t xid);
/* nl_task.c; @pid 0: all; @signo 0: is it there */
int vs_nl_context_kill(struct vs *vs, uint32_t xid, pid_t pid, int signo);
int vs_nl_process_list(struct vs *vs, uint32_t xid, struct vs_process **ret, size_t *ret_n);
int vs_nl_enforce_set(struct vs *vs, const int *fds, size_t n, uint32_t generation);
int vs_nl_enforce_get(struct vs *vs, uint32_t *ret_n, uint32_t *ret_generation);
/* Of the last event that there was. */
int vs_nl_sequence(struct vs *vs, uint64_t *ret);

/* --- context.c --------------------------------------------------------------- */

/* The program that enters, opened where its pin can be seen, run where it
 * cannot any more.  A descriptor, or -ENOKEY. */
int vs_enter_open(struct vs *vs);
int vs_enter_run(struct vs *vs, int program, uint32_t xid, uint32_t nid, bool joins);
/* shut.c: sockets that it has open are of no use any more, but those of Unix and, not
 * @all, of netlink.  0; an errno. */
int vs_shut_sockets(struct vs *vs, bool all);
/* Entered by a program that vs_enter_open() gave, with nothing above the ceiling
 * and under a filter, in the order in which that can be had.  To be called last. */
int vs_confine(struct vs *vs, int program, const struct vs_confinement *confinement);

/* --- seccomp.c ----------------------------------------------------------------- */

/* The default filter, for a context with @ceiling.  Before entering, which it
 * lets pass: afterwards it wants CAP_SYS_ADMIN, or no new privileges. */
int vs_seccomp_load(struct vs *vs, uint64_t ceiling);
int vs_seccomp_no_new_privs(struct vs *vs);
/* Of a guest's init: is there a filter, can it gain privileges? */
int vs_seccomp_read(struct vs *vs, pid_t pid, bool *ret_seccomp, bool *ret_no_new_privs);

/* --- pin.c: what is below /sys/fs/bpf/vserver --------------------------------- */

/* Make the directories and lock them against another loader; a descriptor. */
int vs_pin_lock(struct vs *vs);
/* The pinned map, or the one that the attached programs use though its pin is
 * gone; a descriptor.  -ENOENT: there is none; anything else: it is not known. */
int vs_pin_map(const char *path, const char *name);
/* The kernel's number of a map. */
int vs_pin_map_id(int fd, uint32_t *ret);
/* Remove a directory of pins. 0 also where there is none. */
int vs_pin_remove(const char *directory);

/* --- probe.c: single facts about this machine --------------------------------- */

/* 1 yes, 0 no, or a negative errno (the file cannot be read). */
int vs_probe_bpf_lsm(void);
/* 1: a sched_ext scheduler runs, and its name, free(); 0: none does; -EOPNOTSUPP:
 * this kernel has none.  VS_SCHEDULER is ours. */
int vs_probe_scheduler(char **ret_name);
/* Is it this build's scheduler that runs?  Its maps are as this build knows them. */
bool vs_scheduler_is_ours(struct vs *vs);
#define VS_SCHEDULER	"vserver"
/* Is @path a mount of the file system with this magic? */
bool vs_probe_mount(const char *path, long magic);
/* A whole small file; free(). */
int vs_read_file(int dir, const char *path, char **ret);
int vs_write_file(int dir, const char *path, const char *text);

#endif /* VS_PRIVATE_H */
