// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What may be tried on enforcement itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

static int bpf(int cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* detach PIN: what root of the host can do to a link of a cgroup. */
static int try_detach(char **a)
{
	union bpf_attr get = { .pathname = (uintptr_t)a[0] }, detach = { 0 };
	int link = bpf(BPF_OBJ_GET, &get);

	if (link < 0)
		return errno;
	detach.link_detach.link_fd = link;
	return bpf(BPF_LINK_DETACH, &detach) < 0 ? errno : 0;
}

/* --- one act for each family of hooks; true: it was let through -------------------- */

static int victim;

static int signals(void)
{
	return !kill(victim, 0);
}

static int traces(void)
{
	return !ptrace(PTRACE_SEIZE, victim, 0, 0);
}

static int renices(void)
{
	return !setpriority(PRIO_PROCESS, victim, 5);
}

static int asks_bpf(void)
{
	union bpf_attr attr = { 0 };

	return !bpf(BPF_PROG_GET_NEXT_ID, &attr);
}

static int opens_sysctl(void)
{
	int fd = open("/proc/sys/kernel/core_pattern", O_WRONLY);

	return fd >= 0 && !close(fd);
}

/* An address of the host's: 10.9.0.1. */
static int binds(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), r;

	address.sin_addr.s_addr = htonl(0x0a090001);
	r = bind(fd, (struct sockaddr *)&address, sizeof(address));
	close(fd);
	return !r;
}

static int makes_packet_socket(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	return fd >= 0 && !close(fd);
}

static const struct {
	const char *name;
	int (*run)(void);
} acts[] = {
	{ "signals", signals },
	{ "traces", traces },
	{ "renices", renices },
	{ "bpf", asks_bpf },
	{ "opens", opens_sysctl },
	{ "binds", binds },
	{ "packets", makes_packet_socket },
};

/* act NAME PID: one of them, once. */
static int try_act(char **a)
{
	victim = atoi(a[1]);
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++)
		if (!strcmp(acts[i].name, a[0]))
			return acts[i].run() ? 0 : EPERM;
	return EINVAL;
}

/*
 * hammer PID STOP: one after the other until the file STOP is there.  Says what
 * was let through; EPERM: nothing, in so many rounds; EAGAIN: too few to tell.
 */
static int try_hammer(char **a)
{
	unsigned long rounds = 0;

	victim = atoi(a[0]);
	for (; access(a[1], F_OK); rounds++)
		for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++)
			if (acts[i].run()) {
				printf("%s in round %lu ", acts[i].name, rounds);
				return 0;
			}
	printf("%lu rounds ", rounds);
	return rounds < 100 ? EAGAIN : EPERM;
}

/* --- system calls by their numbers: is there a filter? ------------------------------- */

/* call NUMBER, with arguments that make nothing happen. */
static int try_call(char **a)
{
	return syscall(atol(a[0]), 0, 0, 0, 0, 0) < 0 ? errno : 0;
}

/* The same by the gate of 32-bit programs. */
static int try_call32(char **a)
{
	long value;

	__asm__ volatile("int $0x80" : "=a"(value)
			 : "a"(atol(a[0])), "b"(0), "c"(0), "d"(0), "S"(0), "D"(0)
			 : "memory", "r8", "r9", "r10", "r11");
	return value < 0 ? (int)-value : 0;
}

/* And by that of x32. */
static int try_callx32(char **a)
{
	return syscall(atol(a[0]) | 0x40000000, 0, 0, 0, 0, 0) < 0 ? errno : 0;
}

const struct probe probe_kernel[] = {
	{ "call",		1, try_call },
	{ "call32",		1, try_call32 },
	{ "callx32",		1, try_callx32 },
	{ "detach",		1, try_detach },
	{ "act",		2, try_act },
	{ "hammer",		2, try_hammer },
	{ NULL, 0, NULL }
};
