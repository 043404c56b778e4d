/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The table of settings: whole, and each type says in words what it refuses.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

#include "tap.h"
#include "vserver.h"

/* cpu-bucket is cpuBucket there. */
static bool is_camel(const char *name, const char *field)
{
	for (; *name; name++, field++) {
		bool upper = *name == '-';

		if (upper)
			name++;
		if (*field != (upper ? toupper((unsigned char)*name) : *name))
			return false;
	}
	return !*field;
}

static void table(void)
{
	bool whole = true;

	for (const struct vs_setting *s = vs_settings(); s->name; s++) {
		char *reason, *remedy;

		whole &= s->value && s->help && s->help[strlen(s->help) - 1] != '.' &&
			 vs_setting_find(s->name) == s && is_camel(s->name, s->field);
		if (s->fallback)
			is_int(vs_setting_check(s, s->fallback, &reason, &remedy), 0,
			       "the fallback of %s is a value of it", s->name);
	}
	ok(whole, "each setting has a value, a help line, its field, and is found");
	ok(!vs_setting_find("cpu-set"), "what is not in the table is not found");
	ok(!vs_setting_find(""), "nor is nothing");
}

static void good(const char *name, const char *value)
{
	char *reason, *remedy;

	is_int(vs_setting_check(vs_setting_find(name), value, &reason, &remedy), 0,
	       "%s = %s", name, value);
}

/* @reason is part of what is said; a remedy is wanted always. */
static void bad(const char *name, const char *value, const char *reason)
{
	char *why = NULL, *remedy = NULL;
	int r = vs_setting_check(vs_setting_find(name), value, &why, &remedy);

	if (!ok(r == -EINVAL && why && strstr(why, reason) && remedy && *remedy &&
		why[strlen(why) - 1] != '.' && remedy[strlen(remedy) - 1] != '.',
		"%s = '%s' is refused: %s", name, value, reason))
		printf("# got %d, '%s', '%s'\n", r, why ? why : "", remedy ? remedy : "");
	free(why);
	free(remedy);
}

static void values(void)
{
	char more[32];

	good("xid", "42");
	bad("xid", "1", "out of range");
	bad("xid", "web", "no number");
	good("image", "debian13");
	good("image", "sha256:0123abcd");
	bad("image", "sha256:0123", "no image can be called");
	bad("image", "sha256:0123ABCD", "no image can be called");
	bad("image", "../debian13", "no image can be called");
	bad("image", "", "no image can be called");
	good("root", "read-only");
	bad("root", "ro", "none of writable|read-only");
	good("mount", "/srv/data /data");
	good("mount", "/srv/data\t/data  ro,noexec idmap");
	good("mount", "/ /host ro");
	good("mount", "tmpfs /cache size=64M,mode=1777");
	good("mount", "/srv/data /data overlay");
	bad("mount", "", "no mount");
	bad("mount", "/srv/data", "no mount");
	bad("mount", "data /data", "neither tmpfs nor a path");
	bad("mount", "/srv/../data /data", "neither tmpfs nor a path");
	bad("mount", "/proc/1/root /data", "another thing for each");
	bad("mount", "/srv/data data", "no place");
	bad("mount", "/srv/data /", "no place");
	bad("mount", "/srv/data /data/", "no place");
	bad("mount", "/srv/data /a/./b", "no place");
	bad("mount", "/srv/data /proc", "made by VServer");
	bad("mount", "/srv/data /dev/shm", "made by VServer");
	good("mount", "/srv/data /development");
	bad("mount", "/srv/data /data size=1M", "no option of a path");
	bad("mount", "tmpfs /data idmap", "no option of a tmpfs");
	bad("mount", "tmpfs /data size=0", "no option of a tmpfs");
	bad("mount", "tmpfs /data size=infinity", "no option of a tmpfs");
	bad("mount", "tmpfs /data mode=9", "no option of a tmpfs");
	bad("mount", "/a /b ro ro ro ro ro ro ro ro ro ro ro ro ro ro ro ro", "no mount");
	good("init", "systemd");
	good("init", "/sbin/my init");
	bad("init", "upstart", "'upstart'");
	bad("init", "", "no init");
	good("hostname", "www.example-1");
	bad("hostname", "a b", "no host name");
	bad("hostname", "", "no host name");
	bad("hostname", "-x", "no host name");
	good("autostart", "yes");
	bad("autostart", "maybe", "neither");
	good("cpu", "25%");
	good("cpu", "10ms/1s");
	bad("cpu", "0%", "nothing run");
	bad("cpu", "0.09%", "nothing run");
	good("cpu", "0.1%");
	snprintf(more, sizeof(more), "%d%%", get_nprocs() * 100 + 1);
	bad("cpu", more, "more than this machine has");
	bad("cpu", "1us/10us", "interval");
	bad("cpu", "25", "no share");
	good("cpu-bucket", "500ms");
	bad("cpu-bucket", "500", "no time");
	bad("cpu-bucket", "0s", "out of range");
	bad("cpu-bucket", "2h", "out of range");
	good("cpu-tokens", "0s");
	bad("cpu-tokens", "2h", "out of range");
	good("cpu-idle", "10ms/100ms");
	good("cpu-idle", "0%");
	bad("cpu-idle", "0.01%", "nothing run");
	bad("cpu-idle", "infinity", "no end to infinity");
	good("cpu-prio-bias", "-20");
	good("cpu-prio-bias", "20");
	bad("cpu-prio-bias", "21", "out of range");
	bad("cpu-prio-bias", "-21", "out of range");
	bad("cpu-prio-bias", "--1", "no number");
	bad("cpu-prio-bias", "1.5", "no number");
	bad("cpu-prio-bias", "-", "no number");
	bad("cpu-prio-bias", "infinity", "no number");
	good("cpu-scope", "machine");
	good("cpu-scope", "processor");
	bad("cpu-scope", "each", "none of machine|processor");
	bad("cpu-scope", "", "none of");
	good("memory", "512M");
	bad("memory", "1K", "too little");
	bad("memory", "much", "no size");
	good("memory-swap", "0");
	good("tasks", "400");
	bad("tasks", "0", "no room");
	bad("tasks", "-1", "no number");
	good("capabilities", "NET_RAW,!SYS_BOOT");
	bad("capabilities", "NET_RAV", "NET_RAV");
}

static void addresses(void)
{
	good("address", "127.0.0.5");
	good("address", "192.0.2.7/24 dev lo");
	good("address", "2001:db8::7/64  dev lo");
	good("address", "192.0.2.7 dev lo");
	good("address", "2001:db8::7/64 dev lo nodad");
	good("address", "none");
	/* What is there now is not the value's: it comes and goes. */
	good("address", "203.0.113.9");
	good("address", "192.0.2.7/24 dev nosuch0");
	bad("address", "192.0.2.7/24 dev an-interface-of-17", "dev INTERFACE");
	bad("address", "192.0.2.7/24 dev ../all", "dev INTERFACE");
	bad("address", "0.0.0.0/0 dev lo", "single host");
	bad("address", "0.0.0.0", "single host");
	bad("address", "0.1.2.3/32 dev lo", "single host");
	bad("address", "255.255.255.255/32 dev lo", "single host");
	bad("address", "224.0.0.1 dev lo", "single host");
	bad("address", "::/128 dev lo", "single host");
	bad("address", "ff02::1/128 dev lo", "single host");
	bad("address", "::ffff:1.2.3.4/128 dev lo", "in the form of IPv6");
	good("address", "1.2.3.4/32 dev lo");
	good("seccomp", "default");
	good("seccomp", "none");
	bad("seccomp", "", "none of");
	bad("seccomp", "default|none", "none of");
	bad("seccomp", "nonesuch", "none of");
	bad("address", "192.0.2.7/0 dev lo", "/0");
	bad("address", "192.0.2.7/33 dev lo", "/33");
	bad("address", "192.0.2.7/ dev lo", "no prefix");
	bad("address", "192.0.2.7/24 lo", "dev INTERFACE");
	bad("address", "192.0.2.7/24 dev", "dev INTERFACE");
	bad("address", "192.0.2.7/24 dev lo up", "dev INTERFACE");
	bad("address", "192.0.2.7/24 dev lo nodad", "dev INTERFACE");
	bad("address", "2001:db8::7/64 dev lo nodad up", "dev INTERFACE");
	bad("address", "2001:db8::7/64 nodad", "dev INTERFACE");
	bad("address", "none dev lo", "no address");
	bad("address", "web", "no address");
	bad("address", "", "no address");
	bad("address", "   ", "no address");
}

static void choices(void)
{
	good("network", "bind");
	good("network", "private");
	good("network", "none");
	bad("network", "host", "none of bind|private|none");
	bad("network", "", "none of");
	good("user", "private");
	good("user", "host");
	bad("user", "own", "none of private|host");
	bad("user", "hos", "none of");
	bad("user", "private|host", "none of");
	bad("user", "", "none of");
}

static void processors(void)
{
	char more[32];

	good("cpuset", "infinity");
	good("cpuset", "0");
	good("cpuset", "0,0-0");
	bad("cpuset", "", "no list");
	bad("cpuset", "all", "no list");
	bad("cpuset", "0,", "no list");
	bad("cpuset", "0 ", "no list");
	bad("cpuset", "1-0", "no list");
	bad("cpuset", "0-0:1/2", "no list");
	snprintf(more, sizeof(more), "0-%d", get_nprocs_conf());
	bad("cpuset", more, "more than the processors of this machine");
	bad("cpuset", "8192", "more than the processors of this machine");
	bad("cpuset", "99999999999999999999", "more than the processors of this machine");
}

static void traffic(void)
{
	good("net-rate", "100mbit");
	good("net-rate", "64kbit");
	good("net-rate", "1tbit");
	good("net-rate", "0.5gbit burst 1M");
	good("net-rate", "100mbit  burst  64K");
	bad("net-rate", "", "no rate");
	bad("net-rate", "100", "no rate");
	bad("net-rate", "100MB", "no rate");
	bad("net-rate", "100 mbit", "no rate");
	bad("net-rate", "100mbit burst", "no rate");
	bad("net-rate", "100mbit burst fast", "no rate");
	bad("net-rate", "100mbit peak 1M", "no rate");
	bad("net-rate", "100mbit burst 1M more", "no rate");
	bad("net-rate", "infinity burst 1M", "no rate");
	bad("net-rate", "63999bit", "out of range");
	bad("net-rate", "0bit", "out of range");
	bad("net-rate", "2tbit", "out of range");
	bad("net-rate", "100mbit burst 0", "the burst of");
	bad("net-rate", "100mbit burst 2G", "the burst of");
	good("net-rate-in", "infinity");
	good("net-traffic", "1TB/month");
	good("net-traffic", "1TB/month then 1mbit");
	good("net-traffic", "1TB/month then stop");
	bad("net-traffic", "", "no amount");
	bad("net-traffic", "1TB", "no amount");
	bad("net-traffic", "1TB/day", "no amount");
	bad("net-traffic", "0/month", "no amount");
	bad("net-traffic", "infinity/month", "no amount");
	bad("net-traffic", "1TB/month then", "no amount");
	bad("net-traffic", "1TB/month then go", "no amount");
	bad("net-traffic", "1TB/month or stop", "no amount");
	bad("net-traffic", "1TB/month then infinity", "no amount");
	bad("net-traffic", "1TB/month then 1kbit", "out of range");
}

static void traffic_values(void)
{
	struct vs_traffic_quota quota;
	struct vs_rate rate;

	ok(vs_parse_rate("100mbit burst 1M", &rate) == 0 && rate.bits == 100000000 &&
	   rate.burst_bytes == 1 << 20, "100mbit burst 1M is that");
	ok(vs_parse_rate("infinity", &rate) == 0 && rate.bits == UINT64_MAX, "infinity is none");
	ok(vs_parse_traffic("1TB/month then stop", &quota) == 0 &&
	   quota.bytes == 1000000000000ULL && quota.stop && !quota.then.bits, "1TB then stop");
	ok(vs_parse_traffic("1G/month then 1mbit", &quota) == 0 && quota.bytes == 1 << 30 &&
	   !quota.stop && quota.then.bits == 1000000, "1G then 1mbit");
	ok(vs_parse_traffic("infinity", &quota) == 0 && quota.bytes == UINT64_MAX,
	   "infinity is any");
}

static void names(void)
{
	ok(vs_name_valid("web"), "web is a name");
	ok(vs_name_valid("Web_2.example-1"), "so is Web_2.example-1");
	ok(!vs_name_valid(""), "nothing is none");
	ok(!vs_name_valid(".hidden"), "nor with a dot first");
	ok(!vs_name_valid("-x"), "nor with a dash first");
	ok(!vs_name_valid("a/b"), "nor a path");
	ok(!vs_name_valid("a b"), "nor two words");
	ok(!vs_name_valid("w\303\251b"), "nor beyond ASCII");
	ok(vs_name_valid("123456789012345678901234567890123456789012345678901234567890123"),
	   "63 characters are one");
	ok(!vs_name_valid("1234567890123456789012345678901234567890123456789012345678901234"),
	   "64 are none");
}

int main(void)
{
	table();
	values();
	addresses();
	choices();
	processors();
	traffic();
	traffic_values();
	names();
	return done_testing();
}
