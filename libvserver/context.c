// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Contexts as programs use them: what can be refused in words is refused here
 * before the kernel is asked, and entering one is done here.  The table is the
 * module's; how it is reached is nl.c's.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>

#include "bpf/vs_bpf.h"
#include "private.h"

#define READ_TRIES	16	/* of a table that changes while it is read */

bool vs_name_valid(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";
	size_t n = strlen(name);

	return n && n <= VS_NAME_MAX && *name != '.' && *name != '-' &&
	       strspn(name, allowed) == n;
}

/* The same refusal has causes that a person mends in different ways. */
static int no_enforcement(struct vs *vs)
{
	uint32_t attached, generation;

	if (vs_probe_bpf_lsm() == 0)
		return vs_fail(vs, -ENOKEY, "this kernel runs without the BPF LSM, so nothing "
			       "can be enforced; add bpf to the list in lsm= on the kernel's "
			       "command line");
	if (vs_nl_enforce_get(vs, &attached, &generation) == 0 && attached)
		return vs_fail(vs, -ENOKEY, "enforcement is not whole; start the daemon that "
			       "mends it: systemctl restart vserverd");
	return vs_fail(vs, -ENOKEY, "enforcement is not loaded; start the daemon that loads "
		       "it: systemctl start vserverd");
}

/* Sentences for what the kernel says with a number only. */
static int explain(struct vs *vs, int error, uint32_t xid)
{
	switch (error) {
	case -ENOKEY:
		return no_enforcement(vs);
	case -ESRCH:
		return xid ? vs_fail(vs, error, "there is no context %u", xid) :
			     vs_fail(vs, error, "there is no such context");
	case -EPERM:
		if (strcmp(vs->reason, strerror(EPERM)) == 0)
			vs_fail(vs, error, "only root of the host may do this");
		return error;
	}
	return error;
}

static int check_context(struct vs *vs, const struct vs_context *ctx)
{
	if (ctx->xid > VS_XID_STATIC_MAX)
		return vs_fail(vs, -EINVAL, "%u is no number for a context; choose %u to %u",
			       ctx->xid, VS_XID_MIN, VS_XID_STATIC_MAX);
	if (*ctx->name && !vs_name_valid(ctx->name))
		return vs_fail(vs, -EINVAL, "'%s' is no name for a context; use up to %u "
			       "letters, digits and ._-, the first no . or -",
			       ctx->name, VS_NAME_MAX);
	if (ctx->n_addresses > VS_ADDRESSES_MAX)
		return vs_fail(vs, -EINVAL, "a context has at most %u addresses",
			       VS_ADDRESSES_MAX);
	return 0;
}

int vs_context_create(struct vs *vs, struct vs_context *ctx)
{
	int r;

	r = check_context(vs, ctx);
	if (r < 0)
		return r;
	r = vs_nl_context_new(vs, ctx, ctx);
	if (r == -EEXIST && ctx->xid && !*ctx->name)
		return vs_fail(vs, r, "context %u exists", ctx->xid);
	return r < 0 ? explain(vs, r, ctx->xid) : 0;
}

int vs_context_get(struct vs *vs, uint32_t xid, struct vs_context *ret)
{
	int r = vs_nl_context_get(vs, xid, NULL, ret);

	return r < 0 ? explain(vs, r, xid) : 0;
}

int vs_context_find(struct vs *vs, const char *name, struct vs_context *ret)
{
	int r;

	if (!vs_name_valid(name))
		return vs_fail(vs, -EINVAL, "'%s' is no name for a context", name);
	r = vs_nl_context_get(vs, 0, name, ret);
	if (r == -ESRCH)
		return vs_fail(vs, r, "there is no context '%s'", name);
	return r < 0 ? explain(vs, r, 0) : 0;
}

int vs_context_list(struct vs *vs, struct vs_context **ret, size_t *ret_n)
{
	int r, tries = 0;

	do {
		r = vs_nl_context_list(vs, ret, ret_n);
	} while (r == -EINTR && ++tries < READ_TRIES);
	return r < 0 ? explain(vs, r, 0) : 0;
}

int vs_context_set(struct vs *vs, const struct vs_context *ctx, unsigned int fields)
{
	int r = vs_nl_context_set(vs, ctx, fields);

	return r < 0 ? explain(vs, r, ctx->xid) : 0;
}

int vs_context_end(struct vs *vs, uint32_t xid)
{
	int r = vs_nl_context_end(vs, xid);

	if (r == -EBUSY)
		return vs_fail(vs, r, "context %u has tasks", xid);
	return r < 0 ? explain(vs, r, xid) : 0;
}

int vs_context_kill(struct vs *vs, uint32_t xid, pid_t pid, int signo)
{
	int r = vs_nl_context_kill(vs, xid, pid, signo);

	if (r == -ESRCH && pid)
		return vs_fail(vs, r, "process %d is not in context %u", (int)pid, xid);
	return r < 0 ? explain(vs, r, xid) : 0;
}

int vs_process_list(struct vs *vs, uint32_t xid, struct vs_process **ret, size_t *ret_n)
{
	int r = vs_nl_process_list(vs, xid, ret, ret_n);

	return r < 0 ? explain(vs, r, 0) : 0;
}

/* --- entering ------------------------------------------------------------------ */

/* Not libbpf's: who only enters does without it and the libraries that it needs.
 * To link these took a quarter of the time of chcontext. */
static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

int vs_enter_open(struct vs *vs)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));	/* all of it, which an initializer need not do */
	attr.pathname = (uintptr_t)VS_PIN_ENTER;
	fd = bpf(BPF_OBJ_GET, &attr);
	if (fd >= 0)
		return fd;
	if (errno == ENOENT)
		return no_enforcement(vs);
	if (errno == EACCES || errno == EPERM)
		return vs_fail(vs, -EPERM, "only root of the host may enter a context");
	return vs_fail_errno(vs, -errno, "opening %s", VS_PIN_ENTER);
}

static int enter(int program, struct vs_enter_args *args)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (uint32_t)program;
	attr.test.ctx_in = (uintptr_t)args;
	attr.test.ctx_size_in = sizeof(*args);
	return bpf(BPF_PROG_RUN, &attr) < 0 ? -errno : (int)attr.test.retval;
}

int vs_enter_run(struct vs *vs, int program, uint32_t xid, uint32_t nid, bool joins)
{
	struct vs_enter_args args = { .xid = xid, .nid = nid, .joins = joins };
	int r;

	r = enter(program, &args);
	if (r == -EBADF) {
		r = vs_shut_sockets(vs, !nid);
		if (r < 0)
			return r;
		r = enter(program, &args);
	}
	switch (r) {
	case -EPERM:
		return vs_fail(vs, r, "a process of a context cannot enter another");
	case -EACCES:
		return vs_fail(vs, r, "context %u is private: nobody enters it any more",
			       xid ?: nid);
	case -EXDEV:
		return vs_fail(vs, r, "context %u has a network of its own, and this process the "
			       "host's", xid ?: nid);
	case -EBUSY:
		return vs_fail(vs, r, "a process with threads, or one that shares its "
			       "descriptors, cannot enter a context");
	case -ESRCH:
		return vs_fail(vs, r, "there is no context %u", xid ?: nid);
	case -ENOKEY:
		return no_enforcement(vs);
	}
	return r < 0 ? vs_fail_errno(vs, r, "entering context %u", xid ?: nid) : 0;
}

int vs_context_enter(struct vs *vs, uint32_t xid, uint32_t nid)
{
	_cleanup_close_ int program = vs_enter_open(vs);

	if (program < 0)
		return program;
	return vs_enter_run(vs, program, xid, nid, false);
}

/*
 * The bounding set wants a capability that the ceiling may not have; the filter
 * one that hardly any has: both before entering.
 */
int vs_confine(struct vs *vs, int program, const struct vs_confinement *confinement)
{
	int r = vs_ceiling_bound(vs, confinement->ceiling);

	if (!r && confinement->no_new_privs)
		r = vs_seccomp_no_new_privs(vs);
	if (!r && confinement->seccomp)
		r = vs_seccomp_load(vs, confinement->ceiling);
	if (!r)
		r = vs_enter_run(vs, program, confinement->xid, confinement->nid,
				 confinement->joins);
	return r ?: vs_ceiling_drop(vs, confinement->ceiling);
}
