// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * context make XID [ceiling=HEX] [flags=HEX] [ip=ADDRESS[/PREFIX|-LAST]]...
 * context set XID ...            the same, of one that is there
 * context end XID
 * context tasks XID              prints how many
 * context enter XID NID COMMAND...
 * context leave XID NID COMMAND...  enters, with a child that stays the host's;
 *                                its pid is the command's last argument
 * context threaded XID           enters from a process with two threads
 * context sharing XID NID COMMAND...  enters while another has its descriptors too
 * context as-it-is XID NID COMMAND...  enters without what the library does before
 * context load|unload 0          enforcement
 * context load-scheduler 0
 * context unload-scheduler 0     if there is one
 * context usage XID              prints its bucket, and what it has used, in ns
 *
 * Contexts without the policy of chcontext and chbind: just what the library
 * does, for tests that choose each part themselves.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vserver.h>

#include "bpf/vs_bpf.h"

static int parse_address(char *text, struct vs_address *a)
{
	char *prefix = strchr(text, '/'), *last = strchr(text, '-');

	if (prefix)
		*prefix++ = '\0';
	if (last)
		*last++ = '\0';
	a->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	a->prefix = prefix ? atoi(prefix) : 0;
	a->has_last = last;
	if (inet_pton(a->family, text, &a->ip4) != 1 ||
	    (last && inet_pton(a->family, last, &a->last4) != 1))
		return -EINVAL;
	return 0;
}

static int parse(char **args, struct vs_context *ret)
{
	for (; *args; args++) {
		if (!strncmp(*args, "ceiling=", 8)) {
			ret->ceiling = strtoull(*args + 8, NULL, 16);
		} else if (!strncmp(*args, "flags=", 6)) {
			ret->flags = strtoull(*args + 6, NULL, 16);
		} else if (!strncmp(*args, "ip=", 3)) {
			if (ret->n_addresses == VS_ADDRESSES_MAX ||
			    parse_address(*args + 3, &ret->addresses[ret->n_addresses++]))
				return -EINVAL;
		} else {
			return -EINVAL;
		}
	}
	return 0;
}

static void *wait_forever(void *unused)
{
	pause();
	return unused;
}

static int enter_threaded(struct vs *vs, uint32_t xid)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, wait_forever, NULL) ?:
	       vs_context_enter(vs, xid, 0);
}

/* Its signal would not come through. */
static int until_parent_ends(void *parent)
{
	while (getppid() == *(pid_t *)parent)
		usleep(1000);
	_exit(0);
}

static int enter_sharing(struct vs *vs, uint32_t xid, uint32_t nid)
{
	static char stack[16384] __attribute__((aligned(16)));
	pid_t parent = getpid();

	if (clone(until_parent_ends, stack + sizeof(stack), CLONE_FILES | SIGCHLD, &parent) < 0)
		return -errno;
	return vs_context_enter(vs, xid, nid);
}

/* Whatever is open, as one would who means ill. */
static int enter_as_it_is(uint32_t xid, uint32_t nid)
{
	struct vs_enter_args args = { .xid = xid, .nid = nid };
	union bpf_attr attr = { .pathname = (uintptr_t)VS_PIN_ENTER };
	int program = (int)syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (uint32_t)program;
	attr.test.ctx_in = (uintptr_t)&args;
	attr.test.ctx_size_in = sizeof(args);
	if (program < 0 || syscall(SYS_bpf, BPF_PROG_RUN, &attr, sizeof(attr)) < 0)
		return -errno;
	return (int)attr.test.retval;
}

/* The child that is left behind ends after its parent, whose signal it would
 * not get. */
static int enter_leaving(struct vs *vs, uint32_t xid, uint32_t nid, char **argv, int argc)
{
	char *args[16] = {}, pid[16];
	pid_t child, parent = getpid();
	int err;

	if (argc + 1 >= 16)
		return -EINVAL;
	child = fork();
	if (child == 0) {
		while (getppid() == parent)
			usleep(1000);
		_exit(0);
	}
	err = child < 0 ? -errno : vs_context_enter(vs, xid, nid);
	if (err)
		return err;
	snprintf(pid, sizeof(pid), "%d", child);
	memcpy(args, argv, argc * sizeof(*argv));
	args[argc] = pid;
	execvp(args[0], args);
	return -errno;
}

static int print_usage(struct vs *vs, uint32_t xid)
{
	struct vs_cpu_usage usage;
	int err = vs_scheduler_usage(vs, xid, &usage);

	if (!err)
		printf("tokens=%lld size=%llu used=%llu idle=%llu held=%llu holds=%llu\n",
		       (long long)usage.tokens_ns, (unsigned long long)usage.size_ns,
		       (unsigned long long)usage.used_ns, (unsigned long long)usage.idle_ns,
		       (unsigned long long)usage.held_ns, (unsigned long long)usage.holds);
	return err;
}

static int run(struct vs *vs, int argc, char **argv)
{
	struct vs_context ctx = { .xid = atoi(argv[2]) };
	int err;

	if (!strcmp(argv[1], "make"))
		return parse(argv + 3, &ctx) ?: vs_context_create(vs, &ctx);
	if (!strcmp(argv[1], "set"))
		return parse(argv + 3, &ctx) ?:
		       vs_context_set(vs, &ctx, VS_SET_FLAGS | VS_SET_CEILING |
						VS_SET_ADDRESSES);
	if (!strcmp(argv[1], "end"))
		return vs_context_end(vs, ctx.xid);
	if (!strcmp(argv[1], "threaded"))
		return enter_threaded(vs, ctx.xid);
	if (!strcmp(argv[1], "tasks")) {
		err = vs_context_get(vs, ctx.xid, &ctx);
		if (!err)
			printf("%u\n", ctx.tasks);
		return err;
	}
	if (!strcmp(argv[1], "usage"))
		return print_usage(vs, ctx.xid);
	if (!strcmp(argv[1], "load"))
		return vs_enforce_load(vs);
	if (!strcmp(argv[1], "unload"))
		return vs_enforce_unload(vs);
	if (!strcmp(argv[1], "load-scheduler"))
		return vs_scheduler_load(vs);
	if (!strcmp(argv[1], "unload-scheduler"))
		return vs_scheduler_running(vs) == 1 ? vs_scheduler_unload(vs) : 0;
	if (argc >= 5 && !strcmp(argv[1], "leave"))
		return enter_leaving(vs, ctx.xid, atoi(argv[3]), argv + 4, argc - 4);
	if (argc < 5)
		return -EINVAL;
	if (!strcmp(argv[1], "sharing"))
		err = enter_sharing(vs, ctx.xid, atoi(argv[3]));
	else if (!strcmp(argv[1], "as-it-is"))
		err = enter_as_it_is(ctx.xid, atoi(argv[3]));
	else
		err = strcmp(argv[1], "enter") ? -EINVAL :
						 vs_context_enter(vs, ctx.xid, atoi(argv[3]));
	if (err)
		return err;
	execvp(argv[4], argv + 4);
	return -errno;
}

int main(int argc, char **argv)
{
	struct vs *vs;
	int err;

	if (argc < 3) {
		fprintf(stderr, "context: VERB XID\n");
		return 2;
	}
	err = vs_open(&vs);
	if (err < 0) {
		fprintf(stderr, "context: %s\n", strerror(-err));
		return 125;
	}
	err = run(vs, argc, argv);
	if (err < 0)
		printf("%s: %s\n", strerrorname_np(-err), vs_reason(vs));
	vs_close(vs);
	return err < 0;
}
