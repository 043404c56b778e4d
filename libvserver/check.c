// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Is this machine fit?  One row a feature: what was found, what does not work
 * without it, and what to do about it.  Nothing is changed by looking.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "private.h"
#include "userns.h"

#define PERCENT_NS	1e7	/* of one processor, every second */

/* Rows on their way. */
struct features {
	struct vs_feature *rows;
	size_t n;
	int error;
};

/* What a row says while it is not known to be well. */
struct text {
	const char *name;
	bool required;
	const char *without;
	const char *remedy;
};

__attribute__((format(printf, 4, 5)))
static void add(struct features *f, const struct text *text, bool ok, const char *format, ...)
{
	struct vs_feature row = { .name = text->name, .ok = ok, .required = text->required };
	struct vs_feature *more;
	va_list args;

	va_start(args, format);
	if (vasprintf(&row.found, format, args) < 0)
		row.found = NULL;
	va_end(args);
	row.without = strdup(ok ? "" : text->without);
	row.remedy = strdup(ok ? "" : text->remedy);
	more = reallocarray(f->rows, f->n + 1, sizeof(*more));
	if (more) {
		f->rows = more;
		f->rows[f->n++] = row;
	}
	if (!more || !row.found || !row.without || !row.remedy)
		f->error = -ENOMEM;
	if (!more) {
		free(row.found);
		free(row.without);
		free(row.remedy);
	}
}

void vs_features_free(struct vs_feature *features, size_t n)
{
	for (size_t i = 0; features && i < n; i++) {
		free(features[i].found);
		free(features[i].without);
		free(features[i].remedy);
	}
	free(features);
}

/* --- the kernel ------------------------------------------------------------------------ */

static void check_lsm(struct features *f)
{
	static const struct text text = {
		"BPF LSM", true,
		"nothing is enforced, so no context can be made",
		"add bpf to the list in lsm= on the kernel's command line, and boot",
	};
	int r = vs_probe_bpf_lsm();

	if (r < 0)
		add(f, &text, false, "/sys/kernel/security/lsm cannot be read: %s", strerror(-r));
	else
		add(f, &text, r, "%s in /sys/kernel/security/lsm", r ? "bpf is" : "bpf is not");
}

static void check_btf(struct features *f)
{
	static const struct text text = {
		"kernel BTF", true,
		"the programs that enforce cannot be loaded",
		"boot a kernel that is built with CONFIG_DEBUG_INFO_BTF, as Debian's are",
	};
	bool ok = access("/sys/kernel/btf/vmlinux", R_OK) == 0;

	add(f, &text, ok, "/sys/kernel/btf/vmlinux %s", ok ? "is there" : "is not there");
}

static void check_bpffs(struct features *f)
{
	static const struct text text = {
		"bpffs", true,
		"enforcement does not outlive the process that loads it",
		"mount it: mount -t bpf bpf /sys/fs/bpf",
	};
	bool ok = vs_probe_mount("/sys/fs/bpf", BPF_FS_MAGIC);

	add(f, &text, ok, "/sys/fs/bpf %s", ok ? "is mounted" : "is not mounted");
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
		add(f, &text, false, "missing: %s", missing);
	else
		add(f, &text, true, "mount, pid, uts, ipc, cgroup, time, net, user");
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
		add(f, &text, false, "not on the file system of %s", path);
	else if (r < 0)
		add(f, &text, false, "%s", vs_reason(vs));
	else
		add(f, &text, true, "on the file system of %s", path);
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
		add(f, &text, false, "/sys/fs/cgroup is not cgroup2");
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
		add(f, &text, false, "controllers missing: %s", missing);
	else
		add(f, &text, true, "with cpu, memory, pids, io");
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
	add(f, &text, ok, "nsdelegate is %s", ok ? "on" : "off");
}

/* --- the module and enforcement ----------------------------------------------------- */

static bool check_module(struct features *f, struct vs *vs)
{
	static const struct text text = {
		"vserver.ko", true,
		"there is no table of contexts",
		"load it: modprobe vserver (with Secure Boot its key must be enrolled: mokutil)",
	};
	static const struct text btf = {
		"vserver.ko BTF", true,
		"the programs that enforce cannot call the module",
		"build the module again with pahole and the kernel's vmlinux installed",
	};
	bool ok = vs->socket, has_btf;

	add(f, &text, ok, ok ? "is loaded" : "is not loaded");
	if (!ok)
		return false;
	has_btf = access("/sys/kernel/btf/vserver", R_OK) == 0;
	add(f, &btf, has_btf, "/sys/kernel/btf/vserver %s", has_btf ? "is there" : "is not there");
	return true;
}

static void check_enforcement(struct features *f, struct vs *vs)
{
	static const struct text text = {
		"enforcement", true,
		"no context can be made or entered",
		"restart the daemon, which loads it: systemctl restart vserverd",
	};
	struct vs_enforce_status status;
	int r = vs_enforce_status(vs, &status);

	if (r < 0) {
		add(f, &text, false, "%s", vs_reason(vs));
		return;
	}
	add(f, &text, status.pinned && status.links_held == status.links_expected,
	    "%u of %u programs held by the module, %s", status.links_held,
	    status.links_expected, status.pinned ? "all pinned" : "pins are missing");
}

static void check_scheduler(struct features *f, struct vs *vs)
{
	static const struct text kernel = {
		"sched_ext", false,
		"shares are kept by cpu.max, which has no cpu-idle, cpu-release, cpu-tokens, "
		"cpu-prio-bias and cpu-scope, and of cpu-bucket one quota at most",
		"for the token bucket boot a kernel with CONFIG_SCHED_CLASS_EXT: "
		"linux-image-amd64 of backports",
	};
	static const struct text scheduler = {
		"scheduler", false,
		"shares are kept by cpu.max",
		"restart the daemon, which loads it: systemctl restart vserverd",
	};
	static const struct text other = {
		"scheduler", false,
		"shares are kept by cpu.max",
		"end that one; vserverd then loads ours",
	};
	_cleanup_free_ char *reason = NULL, *running = NULL;
	struct utsname name;
	int r = vs_probe_scheduler(&running);

	if (r == -EOPNOTSUPP) {
		uname(&name);
		add(f, &kernel, false, "%s has no sched_ext", name.release);
		return;
	}
	add(f, &kernel, true, "the kernel has it");
	if (r < 0)
		add(f, &scheduler, false, "%s", strerror(-r));
	else if (r && !strcmp(running, VS_SCHEDULER))
		add(f, &scheduler, true, "the token bucket scheduler runs");
	else if (r)
		add(f, &other, false, "another one runs: %s", running);
	else if (vs_scheduler_exit_reason(vs, &reason) == 0)
		add(f, &scheduler, false, "the kernel has ended it: %s", reason);
	else
		add(f, &scheduler, false, "the token bucket scheduler does not run");
}

/* Not an error: who gives more than there is may know what he does. */
static void check_guarantees(struct features *f, struct vs *vs)
{
	_cleanup_free_ char *without = NULL;
	struct text text = {
		"processor time", false,
		"no context is sure of its share: cpu.max only keeps it from having more",
		"give less: vserver set NAME cpu=SHARE, vsched --xid XID --cpu SHARE",
	};
	struct vs_guarantees all;
	double guaranteed, machine;

	if (vs_guarantees_read(vs, 0, &all) < 0)
		return;		/* the row of enforcement has told why */
	guaranteed = (double)all.guaranteed_ns / PERCENT_NS;
	machine = (double)all.machine_ns / PERCENT_NS;
	if (all.guaranteed_ns <= all.machine_ns) {
		add(f, &text, true, "contexts are guaranteed %.1f%% of %.0f%%", guaranteed, machine);
		return;
	}
	if (vs_scheduler_running(vs) == 1 &&
	    asprintf(&without, "where all want theirs, each context has %.1f%% of its guarantee",
		     machine / guaranteed * 100) > 0)
		text.without = without;
	add(f, &text, false, "contexts are guaranteed %.1f%% of %.0f%%, %.1f%% too much", guaranteed,
	    machine, guaranteed - machine);
}

/* Nor this: it may be meant so. */
static void check_ports(struct features *f, struct vs *vs)
{
	static const struct text text = {
		"ports", false,
		"they answer on addresses of contexts where these do not",
		"bind them to an address of the host; vserver check --ports names each, and how",
	};
	size_t n;

	if (vs_port_count(vs, &n) < 0)
		return;		/* as above, or the kernel tells of no sockets */
	if (n)
		add(f, &text, false, "%zu sockets of the host listen on every address", n);
	else
		add(f, &text, true, "nothing of the host listens on contexts' addresses");
}

static bool forwards(int family)
{
	_cleanup_free_ char *text = NULL;

	return vs_read_file(AT_FDCWD, family == AF_INET ? "/proc/sys/net/ipv4/ip_forward" :
			    "/proc/sys/net/ipv6/conf/all/forwarding", &text) == 0 && *text != '0';
}

/* Of interest where somebody wants it: a guest that has addresses in a network of
 * its own. */
static void check_forwarding(struct features *f, struct vs *vs)
{
	static const struct text text = {
		"forwarding", false,
		"guests with network = private reach this host, and nobody behind it",
		"sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1, and see to the "
		"firewall",
	};
	_cleanup_free_ struct vs_context *contexts = NULL;
	bool wants4 = false, wants6 = false, ok4, ok6;
	size_t n = 0;

	if (vs_context_list(vs, &contexts, &n) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; contexts[i].flags & VS_FLAG_NETWORK &&
		     j < contexts[i].n_addresses; j++)
			*(contexts[i].addresses[j].family == AF_INET ? &wants4 : &wants6) = true;
	if (!wants4 && !wants6)
		return;
	ok4 = !wants4 || forwards(AF_INET);
	ok6 = !wants6 || forwards(AF_INET6);
	add(f, &text, ok4 && ok6, "%s", ok4 && ok6 ? "is on" : ok6 ? "of IPv4 is off" :
	    ok4 ? "of IPv6 is off" : "is off");
}

int vs_check(struct vs *vs, struct vs_feature **ret, size_t *ret_n)
{
	struct features f = {};

	if (geteuid() != 0)
		return vs_fail(vs, -EPERM, "only root can look at all of it");
	check_lsm(&f);
	check_btf(&f);
	check_bpffs(&f);
	check_cgroup(&f);
	check_delegation(&f);
	check_namespaces(&f);
	check_idmapped(&f, vs);
	/* A handle of vs_new() may have been made before the module came. */
	if (!vs->socket)
		vs_nl_open(vs);
	if (check_module(&f, vs))
		check_enforcement(&f, vs);
	check_scheduler(&f, vs);
	if (vs->socket) {
		check_guarantees(&f, vs);
		check_ports(&f, vs);
		check_forwarding(&f, vs);
	}
	if (f.error < 0) {
		vs_features_free(f.rows, f.n);
		return vs_fail_errno(vs, f.error, "checking this machine");
	}
	*ret = f.rows;
	*ret_n = f.n;
	return 0;
}
