// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Is this machine fit?  One row a feature: what was found, what does not work
 * without it, and what to do about it.  Nothing is changed by looking.  What the
 * kernel has by itself is check_kernel.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "check.h"
#include "private.h"

#define PERCENT_NS	1e7	/* of one processor, every second */

void vs_check_add(struct features *f, const struct text *text, bool ok, const char *format, ...)
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

	vs_check_add(f, &text, ok, ok ? "is loaded" : "is not loaded");
	if (!ok)
		return false;
	has_btf = access("/sys/kernel/btf/vserver", R_OK) == 0;
	vs_check_add(f, &btf, has_btf, "/sys/kernel/btf/vserver %s",
		     has_btf ? "is there" : "is not there");
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
		vs_check_add(f, &text, false, "%s", vs_reason(vs));
		return;
	}
	vs_check_add(f, &text, status.pinned && status.links_held == status.links_expected,
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
		vs_check_add(f, &kernel, false, "%s has no sched_ext", name.release);
		return;
	}
	vs_check_add(f, &kernel, true, "the kernel has it");
	if (r < 0)
		vs_check_add(f, &scheduler, false, "%s", strerror(-r));
	else if (r && !strcmp(running, VS_SCHEDULER))
		vs_check_add(f, &scheduler, true, "the token bucket scheduler runs");
	else if (r)
		vs_check_add(f, &other, false, "another one runs: %s", running);
	else if (vs_scheduler_exit_reason(vs, &reason) == 0)
		vs_check_add(f, &scheduler, false, "the kernel has ended it: %s", reason);
	else
		vs_check_add(f, &scheduler, false, "the token bucket scheduler does not run");
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
		vs_check_add(f, &text, true, "contexts are guaranteed %.1f%% of %.0f%%", guaranteed,
			     machine);
		return;
	}
	if (vs_scheduler_running(vs) == 1 &&
	    asprintf(&without, "where all want theirs, each context has %.1f%% of its guarantee",
		     machine / guaranteed * 100) > 0)
		text.without = without;
	vs_check_add(f, &text, false, "contexts are guaranteed %.1f%% of %.0f%%, %.1f%% too much",
		     guaranteed, machine, guaranteed - machine);
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
		vs_check_add(f, &text, false, "%zu sockets of the host listen on every address", n);
	else
		vs_check_add(f, &text, true, "nothing of the host listens on contexts' addresses");
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
	vs_check_add(f, &text, ok4 && ok6, "%s", ok4 && ok6 ? "is on" : ok6 ? "of IPv4 is off" :
		     ok4 ? "of IPv6 is off" : "is off");
}

int vs_check(struct vs *vs, struct vs_feature **ret, size_t *ret_n)
{
	struct features f = {};

	if (geteuid() != 0)
		return vs_fail(vs, -EPERM, "only root can look at all of it");
	vs_check_kernel(&f, vs);
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
