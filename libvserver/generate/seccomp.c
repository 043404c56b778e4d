// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Prints the filter on system calls as an array in C: libseccomp makes it when
 * the tree is built, because that takes longer than to start what it is for.
 * What is in it stands in seccomp_calls.h; what it is good for in seccomp.c.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libvserver/seccomp_calls.h"

static int add_calls(scmp_filter_ctx filter, uint32_t action, const char *calls)
{
	char name[64];

	for (size_t n; *calls; calls += n + (calls[n] == ' ')) {
		int call, r;

		n = strcspn(calls, " ");
		snprintf(name, sizeof(name), "%.*s", (int)n, calls);
		call = seccomp_syscall_resolve_name(name);
		if (call == __NR_SCMP_ERROR) {
			fprintf(stderr, "seccomp: this libseccomp does not know %s()\n", name);
			continue;
		}
		r = seccomp_rule_add(filter, action, call, 0);
		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * Entering is a call of bpf() too, made under the filter: without CAP_SYS_ADMIN,
 * which few contexts have, it cannot be loaded afterwards.  lsm/bpf refuses all
 * of bpf() to who has entered.
 */
static int add_bpf(scmp_filter_ctx filter)
{
	int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(bpf), 1,
				 SCMP_A0_32(SCMP_CMP_EQ, BPF_PROG_RUN));

	return r ?: seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(bpf), 1,
				     SCMP_A0_32(SCMP_CMP_NE, BPF_PROG_RUN));
}

/* Linux, of 64 or 32 bits, and asking which; others switch old behaviour on. */
static int add_personality(scmp_filter_ctx filter)
{
	static const uint32_t allowed[] = { 0, 8, 0x20000, 0x20008, 0xffffffff };
	int r = 0;

	for (size_t i = 0; !r && i < sizeof(allowed) / sizeof(*allowed); i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(personality), 1,
				     SCMP_A0_32(SCMP_CMP_EQ, allowed[i]));
	return r;
}

/* The gate of 32-bit programs has the same list; x32 has none. */
static int add_rules(scmp_filter_ctx filter)
{
	int r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));

	if (!r)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);	/* a tree */
	if (!r && seccomp_arch_native() == SCMP_ARCH_X86_64)
		r = seccomp_arch_add(filter, SCMP_ARCH_X86);
	if (!r)
		r = add_calls(filter, SCMP_ACT_ALLOW, vs_seccomp_calls);
	for (size_t i = 0; !r && i < sizeof(vs_seccomp_groups) / sizeof(*vs_seccomp_groups); i++)
		r = add_calls(filter, SCMP_ACT_ERRNO(VS_SECCOMP_MARK + i),
			      vs_seccomp_groups[i].calls);
	if (!r)
		r = add_bpf(filter);
	return r ?: add_personality(filter);
}

static int print(int fd)
{
	struct sock_filter one;

	puts("/* Made by libvserver/generate/seccomp.c. */\n"
	     "static const struct sock_filter vs_seccomp_filter[] = {");
	while (read(fd, &one, sizeof(one)) == sizeof(one))
		printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", one.code, one.jt, one.jf, one.k);
	puts("};");
	return fflush(stdout) ? -errno : 0;
}

int main(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int fd = memfd_create("filter", 0);
	int r = filter && fd >= 0 ? add_rules(filter) : -ENOMEM;

	if (!r)
		r = seccomp_export_bpf(filter, fd);
	if (!r)
		r = lseek(fd, 0, SEEK_SET) < 0 ? -errno : print(fd);
	seccomp_release(filter);
	if (r < 0)
		fprintf(stderr, "seccomp: %s\n", strerror(-r));
	return r < 0;
}
