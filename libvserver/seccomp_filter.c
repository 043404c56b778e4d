// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Puts the filter on system calls together: for each gate a binary tree over
 * ranges of numbers that have the same verdict under a ceiling.  libseccomp
 * would compare with each number by itself, four times as many instructions,
 * which the kernel compiles anew for each context: that took as long as all else
 * that chcontext does.  That both say the same is tests/unit/seccomp_test.c's.
 */
#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "seccomp_calls.h"
#include "seccomp_filter.h"
#include "libvserver/seccomp_numbers.h"	/* made */

#define N(array)	(sizeof(array) / sizeof(*(array)))

#define LOAD(member)	((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
					offsetof(struct seccomp_data, member)))
#define RETURN(verdict)	((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict))
#define JUMP(test, value, jt, jf) \
			((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_K | (test), value, jt, jf))

/* Linux, of 64 or 32 bits, and asking which; others switch old behaviour on. */
static const uint32_t personalities[] = { 0, 8, 0x20000, 0x20008, 0xffffffff };

/* Where, behind a gate's tree, what is done with a kind stands. */
enum {
	AT_UNKNOWN,
	AT_REFUSED,
	AT_ALLOWED,
	AT_BPF,
	AT_PERSONALITY	= AT_BPF + 4,
	AT_END		= AT_PERSONALITY + 1 + N(personalities) + 2,
};

static_assert(N(vs_seccomp_x86_64) + AT_END < 256 && N(vs_seccomp_i386) + AT_END < 256,
	      "a jump goes 255 instructions far");
static_assert(N(vs_seccomp_x86_64) + N(vs_seccomp_i386) + 2 * AT_END + 8 <= VS_SECCOMP_FILTER_MAX,
	      "the filter has room");

/* A gate's tree while it is made. */
struct tree {
	struct vs_seccomp_range ranges[VS_SECCOMP_FILTER_MAX];
	size_t n;
	struct sock_filter *next;	/* is made */
	struct sock_filter *end;	/* of the tree: AT_... counts from here */
};

/* --- ranges -------------------------------------------------------------------------- */

static uint16_t under_ceiling(uint16_t kind, uint64_t ceiling)
{
	if (kind < VS_SECCOMP_GROUP)
		return kind;
	return ceiling & vs_seccomp_groups[kind - VS_SECCOMP_GROUP].capabilities ?
		       VS_SECCOMP_ALLOWED : VS_SECCOMP_REFUSED;
}

/* Neighbours that mean the same under @ceiling become one. */
static void take_ranges(struct tree *tree, const struct vs_seccomp_range *ranges, size_t n,
			uint64_t ceiling)
{
	tree->n = 0;
	for (size_t i = 0; i < n; i++) {
		uint16_t kind = under_ceiling(ranges[i].kind, ceiling);

		if (tree->n && tree->ranges[tree->n - 1].kind == kind)
			continue;
		tree->ranges[tree->n++] = (struct vs_seccomp_range){ ranges[i].first, kind };
	}
}

/* --- instructions ---------------------------------------------------------------------- */

/* From @from to what is done with @kind. */
static uint8_t way_to(const struct tree *tree, const struct sock_filter *from, uint16_t kind)
{
	static const uint8_t at[] = {
		[VS_SECCOMP_UNKNOWN] = AT_UNKNOWN,
		[VS_SECCOMP_REFUSED] = AT_REFUSED,
		[VS_SECCOMP_ALLOWED] = AT_ALLOWED,
		[VS_SECCOMP_BPF] = AT_BPF,
		[VS_SECCOMP_PERSONALITY] = AT_PERSONALITY,
	};

	return (uint8_t)(tree->end + at[kind] - from - 1);
}

/* Of the ranges from @low to before @high, more than one. */
static void add_tree(struct tree *tree, size_t low, size_t high)
{
	const size_t middle = low + (high - low) / 2;
	struct sock_filter *here = tree->next++;

	*here = JUMP(BPF_JGE, tree->ranges[middle].first, 0, 0);
	if (middle - low == 1)
		here->jf = way_to(tree, here, tree->ranges[low].kind);
	else
		add_tree(tree, low, middle);
	if (high - middle == 1) {
		here->jt = way_to(tree, here, tree->ranges[middle].kind);
		return;
	}
	here->jt = (uint8_t)(tree->next - here - 1);
	add_tree(tree, middle, high);
}

static struct sock_filter *add_verdicts(struct sock_filter *at)
{
	at[AT_UNKNOWN] = RETURN(SECCOMP_RET_ERRNO | ENOSYS);
	at[AT_REFUSED] = RETURN(SECCOMP_RET_ERRNO | EPERM);
	at[AT_ALLOWED] = RETURN(SECCOMP_RET_ALLOW);
	/* Entering is a call of bpf() too, made under the filter: without
	 * CAP_SYS_ADMIN, which few contexts have, it cannot be loaded afterwards.
	 * lsm/bpf refuses all of bpf() to who has entered. */
	at[AT_BPF] = LOAD(args[0]);
	at[AT_BPF + 1] = JUMP(BPF_JEQ, BPF_PROG_RUN, 0, 1);
	at[AT_BPF + 2] = RETURN(SECCOMP_RET_ALLOW);
	at[AT_BPF + 3] = RETURN(SECCOMP_RET_ERRNO | EPERM);
	at[AT_PERSONALITY] = LOAD(args[0]);
	for (size_t i = 0; i < N(personalities); i++)
		at[AT_PERSONALITY + 1 + i] = JUMP(BPF_JEQ, personalities[i],
						  N(personalities) - i, 0);
	at[AT_END - 2] = RETURN(SECCOMP_RET_ERRNO | ENOSYS);
	at[AT_END - 1] = RETURN(SECCOMP_RET_ALLOW);
	return at + AT_END;
}

/* All system calls that come by @arch; others go on behind it. */
static struct sock_filter *add_gate(struct sock_filter *at, uint32_t arch,
				    const struct vs_seccomp_range *ranges, size_t n,
				    uint64_t ceiling)
{
	struct tree tree;
	struct sock_filter *skip = at + 1, *end;

	take_ranges(&tree, ranges, n, ceiling);
	at[0] = JUMP(BPF_JEQ, arch, 1, 0);
	at[2] = LOAD(nr);
	tree.next = at + 3;
	tree.end = tree.next + tree.n - 1;
	add_tree(&tree, 0, tree.n);
	end = add_verdicts(tree.end);
	*skip = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(end - skip - 1));
	return end;
}

unsigned short vs_seccomp_filter(uint64_t ceiling, struct sock_filter *ret)
{
	struct sock_filter *at = ret;

	*at++ = LOAD(arch);
	at = add_gate(at, AUDIT_ARCH_X86_64, vs_seccomp_x86_64, N(vs_seccomp_x86_64), ceiling);
	at = add_gate(at, AUDIT_ARCH_I386, vs_seccomp_i386, N(vs_seccomp_i386), ceiling);
	*at++ = RETURN(SECCOMP_RET_ERRNO | ENOSYS);
	return (unsigned short)(at - ret);
}
