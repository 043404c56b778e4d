// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The one table of a guest's settings.  Parsers, options, JSON, completion and man
 * pages come from it; what values there are, setting_check.c knows, and how one is
 * applied, and whether what it names is there now, is the daemon's.
 */
#include <string.h>

#include "private.h"

static const struct vs_setting settings[] = {
	{ "xid", "xid", VS_TYPE_XID, NULL, false, false, "NUMBER",
	  "number of the context; otherwise one is handed out" },
	{ "image", "image", VS_TYPE_IMAGE, NULL, false, false, "IMAGE",
	  "name or digest of the image that its tree is a layer over; otherwise none" },
	{ "root", "root", VS_TYPE_CHOICE, "writable", false, false, "writable|read-only",
	  "whether anything in its tree can be written" },
	{ "mount", "mount", VS_TYPE_MOUNT, NULL, false, true, "SOURCE TARGET [OPTION...]",
	  "what it has mounted: a path of the host, or tmpfs" },
	{ "init", "init", VS_TYPE_COMMAND, NULL, false, false, "COMMAND",
	  "systemd, sysvinit, openrc, runit or a command line; otherwise what is there" },
	{ "hostname", "hostname", VS_TYPE_STRING, NULL, false, false, "NAME",
	  "host name inside; otherwise the guest's name" },
	{ "autostart", "autostart", VS_TYPE_BOOL, "no", false, false, "yes|no",
	  "start with the host" },
	{ "address", "address", VS_TYPE_ADDRESS, NULL, false, true,
	  "none|ADDRESS[/PREFIX dev INTERFACE [nodad]]",
	  "address it may use; with an interface it is added at start" },
	{ "network", "network", VS_TYPE_CHOICE, "bind", false, false, "bind|private|none",
	  "the host's, with its own addresses only; one of its own; its loopback only" },
	{ "cpu", "cpu", VS_TYPE_SHARE, "infinity", true, false, "SHARE",
	  "processor time guaranteed, and at most used: 25%, 10ms/1s; 0.1% at least" },
	{ "cpu-bucket", "cpuBucket", VS_TYPE_TIME, NULL, true, false, "TIME",
	  "processor time that can be saved up for a burst" },
	{ "cpu-release", "cpuRelease", VS_TYPE_TIME, NULL, true, false, "TIME",
	  "processor time at which it runs again after it was on hold, of 10 s at most" },
	{ "cpu-idle", "cpuIdle", VS_TYPE_SHARE, NULL, true, false, "SHARE",
	  "part, beyond cpu, of processor time that nobody is entitled to; 0%: none" },
	{ "cpu-tokens", "cpuTokens", VS_TYPE_TIME, NULL, false, false, "TIME",
	  "processor time that is in its bucket when it starts; otherwise that is full" },
	{ "cpu-prio-bias", "cpuPrioBias", VS_TYPE_BIAS, "0", true, false, "NUMBER",
	  "-20 to 20: of two that may both run, who has less comes first" },
	{ "cpu-scope", "cpuScope", VS_TYPE_CHOICE, "machine", true, false, "machine|processor",
	  "whether cpu is of the whole machine, or that much of each processor" },
	{ "cpuset", "cpuset", VS_TYPE_CPUSET, "infinity", true, false, "LIST",
	  "processors that it may use, by their numbers: 0-3,8" },
	{ "memory", "memory", VS_TYPE_SIZE, "infinity", true, false, "SIZE",
	  "memory at most: 512M" },
	{ "memory-swap", "memorySwap", VS_TYPE_SIZE, "infinity", true, false, "SIZE",
	  "swap at most, beside memory" },
	{ "tasks", "tasks", VS_TYPE_COUNT, "infinity", true, false, "NUMBER",
	  "processes and threads at most" },
	{ "net-rate", "netRate", VS_TYPE_RATE, "infinity", true, false, "RATE [burst SIZE]",
	  "rate at which it sends, and receives, at most: 100mbit" },
	{ "net-rate-in", "netRateIn", VS_TYPE_RATE, NULL, true, false, "RATE [burst SIZE]",
	  "rate at which it receives at most; otherwise net-rate" },
	{ "net-traffic", "netTraffic", VS_TYPE_TRAFFIC, "infinity", true, false,
	  "SIZE/month [then RATE|stop]",
	  "what it sends and receives in a month, and what happens then" },
	{ "user", "user", VS_TYPE_CHOICE, "private", false, false, "private|host",
	  "whose user ids its processes have: a range of their own, or the host's" },
	{ "capabilities", "capabilities", VS_TYPE_CAPABILITIES, NULL, false, false,
	  "[!]NAME,...", "change of the usual ceiling: NET_RAW,!SYS_BOOT" },
	{ "seccomp", "seccomp", VS_TYPE_CHOICE, "default", false, false, "default|none",
	  "the filter on system calls" },
	{ "no-new-privs", "noNewPrivs", VS_TYPE_BOOL, "no", false, false, "yes|no",
	  "setuid programs and file capabilities give nothing inside" },
	{ "snapshots", "snapshots", VS_TYPE_SCHEDULE, "none", true, false,
	  "none|PERIOD keep NUMBER",
	  "PERIOD is hourly, daily, weekly or monthly; so many snapshots are kept" },
	{ "protect", "protect", VS_TYPE_BOOL, "no", true, false, "yes|no",
	  "it cannot be deleted before this is no again" },
	{},
};

const struct vs_setting *vs_settings(void)
{
	return settings;
}

const struct vs_setting *vs_setting_find(const char *name)
{
	for (const struct vs_setting *s = settings; s->name; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}
