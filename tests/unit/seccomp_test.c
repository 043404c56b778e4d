// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The filter on system calls says of each number, by each gate and under every
 * kind of ceiling, what the one says that libseccomp makes of the same lists.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libvserver/seccomp_calls.h"
#include "libvserver/seccomp_filter.h"
#include "tap.h"

#define N(array)	(sizeof(array) / sizeof(*(array)))

struct filter {
	struct sock_filter one[4096];
	size_t n;
};

/* --- what a filter says ------------------------------------------------------------- */

/* 0, which is no verdict of ours: it has gone astray. */
static uint32_t verdict(const struct filter *filter, const struct seccomp_data *data)
{
	uint32_t value = 0;

	for (size_t at = 0; at < filter->n; at++) {
		const struct sock_filter *one = &filter->one[at];
		int jumps;

		switch (one->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (one->k > sizeof(*data) - 4)
				return 0;
			memcpy(&value, (const char *)data + one->k, 4);
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			value &= one->k;
			continue;
		case BPF_RET | BPF_K:
			return one->k;
		case BPF_JMP | BPF_JA:
			at += one->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			jumps = value == one->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			jumps = value > one->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			jumps = value >= one->k;
			break;
		default:
			return 0;
		}
		at += jumps ? one->jt : one->jf;
	}
	return 0;
}

/* --- libseccomp's -------------------------------------------------------------------- */

static int add_calls(scmp_filter_ctx filter, uint32_t action, const char *calls)
{
	char name[64];

	for (size_t n; *calls; calls += n + (calls[n] == ' ')) {
		int call;

		n = strcspn(calls, " ");
		snprintf(name, sizeof(name), "%.*s", (int)n, calls);
		call = seccomp_syscall_resolve_name(name);
		if (call != __NR_SCMP_ERROR && seccomp_rule_add(filter, action, call, 0) < 0)
			return -EINVAL;
	}
	return 0;
}

static int add_all(scmp_filter_ctx filter, uint64_t ceiling)
{
	static const uint32_t personalities[] = { 0, 8, 0x20000, 0x20008, 0xffffffff };
	int r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)) ?:
		seccomp_arch_add(filter, SCMP_ARCH_X86) ?:
		add_calls(filter, SCMP_ACT_ALLOW, vs_seccomp_calls);

	for (size_t i = 0; !r && i < N(vs_seccomp_groups); i++)
		r = add_calls(filter, ceiling & vs_seccomp_groups[i].capabilities ?
			      SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM), vs_seccomp_groups[i].calls);
	for (size_t i = 0; !r && i < N(personalities); i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(personality), 1,
				     SCMP_A0_32(SCMP_CMP_EQ, personalities[i]));
	return r ?: seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(bpf), 1,
				     SCMP_A0_32(SCMP_CMP_EQ, BPF_PROG_RUN)) ?:
		    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(bpf), 1,
				     SCMP_A0_32(SCMP_CMP_NE, BPF_PROG_RUN));
}

static int make_reference(uint64_t ceiling, struct filter *ret)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int fd = memfd_create("filter", 0), r = add_all(filter, ceiling);
	ssize_t size = -1;

	if (!r && !seccomp_export_bpf(filter, fd))
		size = pread(fd, ret->one, sizeof(ret->one), 0);
	close(fd);
	seccomp_release(filter);
	ret->n = size < 0 ? 0 : (size_t)size / sizeof(*ret->one);
	return ret->n ? 0 : -EINVAL;
}

/* --- both -------------------------------------------------------------------------------- */

/* Where x32 begins both answer ENOSYS. */
static const uint32_t numbers[] = { 2000, 0xffff, 0x10000, 0x3fffffff, 0x40000000, 0x40000001,
				    0x400001ff, 0x7fffffff, 0x80000000, 0xffffffff };
/* Of the two whose argument counts the kernel takes 32 bits. */
static const uint32_t arguments[] = { 0, 1, 8, 9, 10, 11, 0x20000, 0x20008, 0xffffffff };
static const uint32_t gates[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64 };

static unsigned int seen_allowed, seen_refused, seen_unknown;

static void count(uint32_t said)
{
	seen_allowed += said == SECCOMP_RET_ALLOW;
	seen_refused += said == (SECCOMP_RET_ERRNO | EPERM);
	seen_unknown += said == (SECCOMP_RET_ERRNO | ENOSYS);
}

static unsigned int differences(const struct filter *ours, const struct filter *theirs)
{
	unsigned int found = 0;

	for (size_t gate = 0; gate < N(gates); gate++)
		for (uint32_t i = 0; i < 1024 + N(numbers); i++)
			for (size_t a = 0; a < N(arguments); a++) {
				struct seccomp_data data = {
					.arch = gates[gate],
					.nr = (int)(i < 1024 ? i : numbers[i - 1024]),
					.args = { arguments[a] },
				};
				uint32_t said = verdict(ours, &data);

				count(said);
				if (said == verdict(theirs, &data))
					continue;
				if (!found++)
					printf("# gate %zu, call %d, argument %#x: %#x\n", gate,
					       data.nr, arguments[a], said);
			}
	return found;
}

static void compare(uint64_t ceiling, const char *name)
{
	static struct filter ours, theirs;

	ours.n = vs_seccomp_filter(ceiling, ours.one);
	is_int(make_reference(ceiling, &theirs), 0, "libseccomp makes one: %s", name);
	is_int(differences(&ours, &theirs), 0, "ours says the same");
	ok(ours.n * 3 < theirs.n, "in a third of the instructions: %zu, %zu", ours.n, theirs.n);
}

static void control(void)
{
	static struct filter ours, theirs;

	ours.n = vs_seccomp_filter(0, ours.one);
	make_reference(1ULL << CAP_SYS_CHROOT, &theirs);
	is_int(differences(&ours, &theirs), 2 * N(arguments),
	       "control: one more capability is one call more, by two gates");
}

int main(void)
{
	compare(0, "no capability");
	compare(~0ULL, "all");
	for (size_t i = 0; i < N(vs_seccomp_groups); i++)
		compare(vs_seccomp_groups[i].capabilities, vs_seccomp_groups[i].calls);
	control();
	ok(seen_allowed && seen_refused && seen_unknown, "control: there is each verdict");
	return done_testing();
}
