// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Prints what the filter on system calls does with each number, by gate, as
 * arrays in C: libseccomp, asked when the tree is built, knows the numbers.
 * Which calls there are stands in seccomp_calls.h, what becomes of them in
 * seccomp_filter.c.
 */
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libvserver/seccomp_calls.h"

#define CALLS_MAX	1024	/* numbers in one gate */

#define N_GROUPS	(sizeof(vs_seccomp_groups) / sizeof(*vs_seccomp_groups))

static bool is_in(const char *calls, const char *name)
{
	const size_t length = strlen(name);

	for (const char *at = calls; (at = strstr(at, name)); at += length)
		if ((at == calls || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

static unsigned int kind_of(const char *name)
{
	if (!name)
		return VS_SECCOMP_UNKNOWN;
	if (!strcmp(name, "bpf"))
		return VS_SECCOMP_BPF;
	if (!strcmp(name, "personality"))
		return VS_SECCOMP_PERSONALITY;
	for (size_t i = 0; i < N_GROUPS; i++)
		if (is_in(vs_seccomp_groups[i].calls, name))
			return VS_SECCOMP_GROUP + i;
	return is_in(vs_seccomp_calls, name) ? VS_SECCOMP_ALLOWED : VS_SECCOMP_UNKNOWN;
}

/* By number: one name may have two, as those of sockets do in 32 bits. */
static void print_gate(const char *gate, uint32_t arch)
{
	unsigned int kind, last = 0;

	printf("static const struct vs_seccomp_range vs_seccomp_%s[] = {\n", gate);
	for (int i = 0; i < CALLS_MAX; i++) {
		char *name = seccomp_syscall_resolve_num_arch(arch, i);

		kind = kind_of(name);
		free(name);
		if (i && kind == last)
			continue;
		printf("\t{ %d, %u },\n", i, kind);
		last = kind;
	}
	puts("};");
}

static void tell_unknown(const char *calls)
{
	char name[64];

	for (size_t n; *calls; calls += n + (calls[n] == ' ')) {
		n = strcspn(calls, " ");
		snprintf(name, sizeof(name), "%.*s", (int)n, calls);
		if (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR)
			fprintf(stderr, "seccomp: this libseccomp does not know %s()\n", name);
	}
}

int main(void)
{
	puts("/* Made by libvserver/generate/seccomp.c. */");
	print_gate("x86_64", SCMP_ARCH_X86_64);
	print_gate("i386", SCMP_ARCH_X86);
	tell_unknown(vs_seccomp_calls);
	for (size_t i = 0; i < N_GROUPS; i++)
		tell_unknown(vs_seccomp_groups[i].calls);
	return fflush(stdout) != 0;
}
