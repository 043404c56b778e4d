// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Capability ceilings: the lists used where nobody says otherwise, how a
 * ceiling is written, and leaving the calling process nothing above one.  What
 * a task acquires later is held down by lsm/capable, not here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "private.h"

#define CAP(name) (1ULL << CAP_##name)

/* Root over files and processes of one's own. */
#define COMMON	(CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(DAC_READ_SEARCH) | CAP(FOWNER) | \
		 CAP(FSETID) | CAP(KILL) | CAP(SETGID) | CAP(SETUID) | CAP(SETPCAP) | \
		 CAP(SETFCAP) | CAP(NET_BIND_SERVICE))

/*
 * A guest: what its init, its package manager and its daemons use.  SYS_BOOT
 * ends or reboots its own PID namespace; AUDIT_WRITE is what login and sudo
 * ask for; IPC_* reach its own IPC namespace only.  DAC_READ_SEARCH also opens
 * files by handle, and that reaches past the guest's root: not here.
 */
uint64_t vs_ceiling_guest(void)
{
	return (COMMON & ~CAP(DAC_READ_SEARCH)) | CAP(SYS_CHROOT) | CAP(SYS_BOOT) |
	       CAP(IPC_OWNER) | CAP(IPC_LOCK) | CAP(LEASE) | CAP(AUDIT_WRITE) |
	       CAP(LINUX_IMMUTABLE);
}

/*
 * Root of a user namespace: host name, mounts of kinds that reach nothing but
 * memory (file.bpf.c has the list), namespaces for services.  Not NET_ADMIN: a
 * network namespace is made in a moment, and its tables are a large part of
 * the kernel.
 */
uint64_t vs_ceiling_user(void)
{
	return CAP(SYS_ADMIN);
}

/* Root of a network: interfaces, routes, nftables; raw and packet sockets. */
uint64_t vs_ceiling_network(void)
{
	return CAP(NET_ADMIN) | CAP(NET_RAW);
}

/* Those that the kernel asks for in its first user namespace, or in the one
 * that has the host's network. */
uint64_t vs_ceiling_host(void)
{
	return CAP(NET_ADMIN) | CAP(NET_RAW) | CAP(NET_BROADCAST) | CAP(SYS_MODULE) |
	       CAP(SYS_RAWIO) | CAP(SYS_PACCT) | CAP(SYS_NICE) | CAP(SYS_RESOURCE) |
	       CAP(SYS_TIME) | CAP(SYS_TTY_CONFIG) | CAP(MKNOD) | CAP(AUDIT_CONTROL) |
	       CAP(AUDIT_READ) | CAP(MAC_ADMIN) | CAP(MAC_OVERRIDE) | CAP(SYSLOG) |
	       CAP(WAKE_ALARM) | CAP(BLOCK_SUSPEND) | CAP(PERFMON) | CAP(BPF);
}

/* A bare context shares the host's namespaces. */
uint64_t vs_ceiling_context(void)
{
	return COMMON & ~CAP(DAC_READ_SEARCH);
}

/* The number of a capability by its name, "cap_" or not; -1. */
static int capability_number(const char *name, size_t n)
{
	char full[64];
	cap_value_t value;
	bool has_prefix = n > 4 && strncasecmp(name, "cap_", 4) == 0;

	if (n == 0 || n > 32)
		return -1;
	snprintf(full, sizeof(full), "%s%.*s", has_prefix ? "" : "cap_", (int)n, name);
	if (cap_from_name(full, &value) < 0 || value < 0 || value > 63)
		return -1;
	return value;
}

int vs_ceiling_parse(const char *list, uint64_t *ceiling, char **ret_bad)
{
	uint64_t result = *ceiling;

	while (*list) {
		size_t n = strcspn(list, ", ");
		bool drop = *list == '!' || *list == '~';
		int number;

		if (n) {
			number = capability_number(list + drop, n - drop);
			if (number < 0) {
				if (ret_bad)
					*ret_bad = strndup(list, n);
				return -EINVAL;
			}
			if (drop)
				result &= ~(1ULL << number);
			else
				result |= 1ULL << number;
		}
		list += n;
		list += strspn(list, ", ");
	}
	*ceiling = result;
	return 0;
}

int vs_ceiling_format(uint64_t ceiling, char **ret)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const char *comma = "";

	if (!out)
		return -ENOMEM;
	for (int i = 0; i < 64; i++) {
		char *name;

		if (!(ceiling >> i & 1))
			continue;
		name = cap_to_name(i);
		fprintf(out, "%s%s", comma, !name ? "?" : name + 4);
		cap_free(name);
		comma = ",";
	}
	if (fclose(out) != 0)
		return -ENOMEM;
	for (char *c = text; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c -= 'a' - 'A';
	*ret = TAKE_PTR(text);
	return 0;
}

/* --- dropping -------------------------------------------------------------------- */

static void cleanup_cap(cap_t *caps)
{
	cap_free(*caps);
}

static int drop_sets(uint64_t ceiling)
{
	__attribute__((cleanup(cleanup_cap))) cap_t caps = cap_get_proc();

	if (!caps || cap_clear_flag(caps, CAP_INHERITABLE) < 0)
		return -errno;
	for (cap_value_t i = 0; i < cap_max_bits(); i++) {
		if (ceiling >> i & 1)
			continue;
		if (cap_set_flag(caps, CAP_PERMITTED, 1, &i, CAP_CLEAR) < 0 ||
		    cap_set_flag(caps, CAP_EFFECTIVE, 1, &i, CAP_CLEAR) < 0)
			return -errno;
	}
	return cap_set_proc(caps) < 0 ? -errno : 0;
}

int vs_ceiling_bound(struct vs *vs, uint64_t ceiling)
{
	for (cap_value_t i = 0; i < cap_max_bits(); i++)
		if (!(ceiling >> i & 1) && cap_get_bound(i) == 1 && cap_drop_bound(i) < 0)
			return vs_fail_errno(vs, -errno, "taking a capability from the "
					     "bounding set");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return vs_fail_errno(vs, -errno, "clearing ambient capabilities");
	return 0;
}

int vs_ceiling_drop(struct vs *vs, uint64_t ceiling)
{
	int r = vs_ceiling_bound(vs, ceiling);

	if (r < 0)
		return r;
	r = drop_sets(ceiling);
	return r < 0 ? vs_fail_errno(vs, r, "dropping capabilities") : 0;
}
