// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Has the kernel, as it was booted, what is needed?
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>

#include "check.h"
#include "private.h"
#include "userns.h"

static void check_lsm(struct features *f)
{
	static const struct text text = {
		"BPF LSM", true,
		"nothing is enforced, so no context can be made",
		"add bpf to the list in lsm= on the kernel's command line, and boot",
	};
	int r = vs_probe_bpf_lsm();

	if (r < 0)
		vs_check_add(f, &text, false, "/sys/kernel/security/lsm cannot be read: %s",
			     strerror(-r));
	else
		vs_check_add(f, &text, r, "%s in /sys/kernel/security/lsm",
			     r ? "bpf is" : "bpf is not");
}

static void check_btf(struct features *f)
{
	static const struct text text = {
		"kernel BTF", true,
		"the programs that enforce cannot be loaded",
		"boot a kernel that is built with CONFIG_DEBUG_INFO_BTF, as Debian's are",
	};
	bool ok = access("/sys/kernel/btf/vmlinux", R_OK) == 0;

	vs_check_add(f, &text, ok, "/sys/kernel/btf/vmlinux %s", ok ? "is there" : "is not there");
}

static void check_bpffs(struct features *f)
{
	static const struct text text = {
		"bpffs", true,
		"enforcement does not outlive the process that loads it",
		"mount it: mount -t bpf bpf /sys/fs/bpf",
	};
	bool ok = vs_probe_mount("/sys/fs/bpf", BPF_FS_MAGIC);

	vs_check_add(f, &text, ok, "/sys/fs/bpf %s", ok ? "is mounted" : "is not mounted");
}

static void check_namespaces(struct features *f)
{
	static const struct text text = {
		"namespaces", true,
		"guests cannot be started",
		"boot a kernel that has them all, as Debian's do",
	};
	static const char *const names[] = {
		"mnt", "pid", "uts", "ipc", "cgroup", "time", "net", "user",
	};
	char missing[64] = "";

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		if (access(path, F_OK) == 0)
			continue;
		strcat(missing, *missing ? " " : "");
		strcat(missing, names[i]);
	}
	if (*missing)
		vs_check_add(f, &text, false, "missing: %s", missing);
	else
		vs_check_add(f, &text, true, "mount, pid, uts, ipc, cgroup, time, net, user");
}

/* It is the file system that must be able to. */
static void check_idmapped(struct features *f, struct vs *vs)
{
	static const struct text text = {
		"idmapped mounts", false,
		"guests cannot have user ids of their own",
		"put /var/lib/vserver on ext4, xfs or btrfs, or set user = host in each guest",
	};
	const char *path = access("/var/lib/vserver/guests", F_OK) == 0 ?
			   "/var/lib/vserver/guests" : "/var/lib";
	int r = vs_userns_probe(vs, path);

	if (r == -EINVAL)
		vs_check_add(f, &text, false, "not on the file system of %s", path);
	else if (r < 0)
		vs_check_add(f, &text, false, "%s", vs_reason(vs));
	else
		vs_check_add(f, &text, true, "on the file system of %s", path);
}

/* --- cgroups ------------------------------------------------------------------------ */

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += n)
		if ((at == list || strchr(" ,", at[-1])) && strchr(" ,\n", at[n]))
			return true;
	return false;
}

static void check_cgroup(struct features *f)
{
	static const struct text text = {
		"cgroup v2", true,
		"guests have no limits and cannot be stopped as a whole",
		"boot with systemd.unified_cgroup_hierarchy=1 and without cgroup_disable=",
	};
	static const char *const wanted[] = { "cpu", "memory", "pids", "io" };
	_cleanup_free_ char *list = NULL;
	char missing[64] = "";

	if (!vs_probe_mount("/sys/fs/cgroup", CGROUP2_SUPER_MAGIC)) {
		vs_check_add(f, &text, false, "/sys/fs/cgroup is not cgroup2");
		return;
	}
	if (vs_read_file(AT_FDCWD, "/sys/fs/cgroup/cgroup.controllers", &list) < 0)
		list = strdup("");
	for (size_t i = 0; list && i < sizeof(wanted) / sizeof(*wanted); i++)
		if (!has_word(list, wanted[i])) {
			strcat(missing, *missing ? " " : "");
			strcat(missing, wanted[i]);
		}
	if (*missing)
		vs_check_add(f, &text, false, "controllers missing: %s", missing);
	else
		vs_check_add(f, &text, true, "with cpu, memory, pids, io");
}

static void check_delegation(struct features *f)
{
	static const struct text text = {
		"cgroup delegation", true,
		"a guest could move its processes out of its cgroup's limits",
		"mount it again: mount -o remount,nsdelegate /sys/fs/cgroup",
	};
	_cleanup_free_ char *mounts = NULL;
	char *rest, *line;
	bool ok = false;

	if (vs_read_file(AT_FDCWD, "/proc/self/mounts", &mounts) < 0)
		mounts = NULL;
	rest = mounts;
	while (!ok && (line = strsep(&rest, "\n")))
		ok = strstr(line, " /sys/fs/cgroup cgroup2 ") && strstr(line, "nsdelegate");
	vs_check_add(f, &text, ok, "nsdelegate is %s", ok ? "on" : "off");
}

void vs_check_kernel(struct features *f, struct vs *vs)
{
	check_lsm(f);
	check_btf(f);
	check_bpffs(f);
	check_cgroup(f);
	check_delegation(f);
	check_namespaces(f);
	check_idmapped(f, vs);
}
