// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Whether a value is one that a setting can have; if not, why, and what would
 * be.  The table of settings is in setting.c.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "private.h"

#define HOSTNAME_MAX	64	/* __NEW_UTS_LEN */
#define MEMORY_MIN	(4ULL << 20)	/* below it not even an init starts */

/* --- refusing in words -------------------------------------------------------------- */

struct refusal {
	char *reason, *remedy;
};

__attribute__((format(printf, 2, 3)))
static int because(struct refusal *refusal, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(&refusal->reason, format, args) < 0)
		refusal->reason = NULL;
	va_end(args);
	return -EINVAL;
}

__attribute__((format(printf, 2, 3)))
static int remedy(struct refusal *refusal, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(&refusal->remedy, format, args) < 0)
		refusal->remedy = NULL;
	va_end(args);
	return -EINVAL;
}

/* --- one function a type --------------------------------------------------------------- */

static int check_string(const char *value, struct refusal *refusal)
{
	size_t n = strlen(value);

	for (const char *c = value; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '.')
			n = 0;
	if (n && n <= HOSTNAME_MAX && isalnum((unsigned char)*value))
		return 0;
	because(refusal, "'%s' is no host name", value);
	return remedy(refusal, "use up to %d letters, digits, dots and dashes", HOSTNAME_MAX);
}

static int check_bool(const char *value, struct refusal *refusal)
{
	if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
		return 0;
	because(refusal, "'%s' is neither yes nor no", value);
	return remedy(refusal, "write yes or no");
}

static int check_xid(const char *value, struct refusal *refusal)
{
	uint32_t xid;
	int r = vs_parse_xid(value, &xid);

	if (!r)
		return 0;
	if (r == -ERANGE)
		because(refusal, "%s is out of range", value);
	else
		because(refusal, "'%s' is no number", value);
	return remedy(refusal, "choose a number from %u to %u", VS_XID_MIN, VS_XID_STATIC_MAX);
}

static int check_count(const char *value, struct refusal *refusal)
{
	uint64_t count;
	int r = vs_parse_count(value, &count);

	if (!r && count)
		return 0;
	if (!r)
		because(refusal, "%s leaves no room for a single one", value);
	else
		because(refusal, "'%s' is no number", value);
	return remedy(refusal, "write a number from 1 on, or infinity");
}

static int check_size(const struct vs_setting *setting, const char *value,
		      struct refusal *refusal)
{
	uint64_t bytes;
	int r = vs_parse_size(value, &bytes);

	if (r < 0) {
		because(refusal, "'%s' is no size", value);
		return remedy(refusal, "write it like 512M or 2G, or infinity");
	}
	if (strcmp(setting->name, "memory") != 0 || bytes >= MEMORY_MIN)
		return 0;
	because(refusal, "%s is too little for any program", value);
	return remedy(refusal, "write %lluM or more", MEMORY_MIN >> 20);
}

static int check_schedule(const char *value, struct refusal *refusal)
{
	struct vs_schedule schedule;
	int r = vs_parse_schedule(value, &schedule);

	if (!r)
		return 0;
	if (r == -ERANGE)
		because(refusal, "'%s' keeps none, or too many", value);
	else
		because(refusal, "'%s' is no schedule", value);
	return remedy(refusal, "write it like daily keep 7: hourly, daily, weekly or monthly, and "
		      "1 to 10000; or none");
}

static int check_bias(const char *value, struct refusal *refusal)
{
	int32_t bias;
	int r = vs_parse_bias(value, &bias);

	if (!r)
		return 0;
	if (r == -ERANGE)
		because(refusal, "%s is out of range", value);
	else
		because(refusal, "'%s' is no number", value);
	return remedy(refusal, "choose a number from %d to %d", VS_PRIO_BIAS_MIN,
		      VS_PRIO_BIAS_MAX);
}

static int check_time(const struct vs_setting *setting, const char *value,
		      struct refusal *refusal)
{
	uint64_t ns, least = strcmp(setting->name, "cpu-tokens") ? 1 : 0;
	int r = vs_parse_time(value, &ns);

	if (!r && ns >= least && ns <= VS_SIZE_MAX_NS)
		return 0;
	if (!r || r == -ERANGE)
		because(refusal, "%s is out of range", value);
	else
		because(refusal, "'%s' is no time", value);
	return remedy(refusal, "write it with a unit, like 500ms or 2s, up to 1h");
}

static int check_share(const struct vs_setting *setting, const char *value,
		       struct refusal *refusal)
{
	const int processors = get_nprocs();
	uint64_t rate, interval;
	struct vs_bucket bucket;

	if (vs_parse_share(value, &rate, &interval) < 0) {
		because(refusal, "'%s' is no share", value);
		return remedy(refusal, "write it like 25%% (of one processor) or 10ms/1s%s",
			      setting->fallback ? ", or infinity" : "");
	}
	if (!rate && !setting->fallback)	/* none is one */
		return 0;
	if (rate == UINT64_MAX && !setting->fallback) {
		because(refusal, "there is no end to infinity, and so no part of it");
		return remedy(refusal, "write it like 10%%");
	}
	if (rate == UINT64_MAX || vs_bucket_make(rate, interval, 0, 0, &bucket) == 0)
		return 0;
	if (interval < VS_INTERVAL_MIN_NS || interval > VS_INTERVAL_MAX_NS) {
		because(refusal, "the interval of %s is out of range", value);
		return remedy(refusal, "choose one from 1ms to 10s");
	}
	if (rate < interval)
		because(refusal, "%s of a processor would let next to nothing run", value);
	else
		because(refusal, "%s is more than this machine has: %d processor%s, %d%%",
			value, processors, processors == 1 ? "" : "s", processors * 100);
	return remedy(refusal, "choose 0.1%% to %d%%", processors * 100);
}

/* One that is off line for now counts as there. */
static int check_cpuset(const char *value, struct refusal *refusal)
{
	_cleanup_free_ char *there = NULL;
	struct vs_cpuset set, machine;
	int r = vs_parse_cpuset(value, &set);

	if (r == -EINVAL) {
		because(refusal, "'%s' is no list of processors", value);
		return remedy(refusal, "write it like 0-3,8, or infinity");
	}
	vs_cpuset_machine(&machine);
	if (!strcmp(value, "infinity") || (!r && vs_cpuset_within(&set, &machine)))
		return 0;
	because(refusal, "%s is more than the processors of this machine", value);
	r = vs_format_cpuset(&machine, &there);
	return remedy(refusal, "choose from %s", r < 0 ? "those that it has" : there);
}

/* Of one host, and in its own form. */
static int check_unicast(const struct vs_address *address, const char *text,
			 struct refusal *refusal)
{
	struct vs_address ip4 = { .family = AF_INET };
	char plain[INET6_ADDRSTRLEN];

	if (vs_address_is_unicast(address))
		return 0;
	if (address->family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&address->ip6)) {
		memcpy(&ip4.ip4, &address->ip6.s6_addr[12], sizeof(ip4.ip4));
		vs_address_format(&ip4, plain);
		because(refusal, "%s is an IPv4 address in the form of IPv6", text);
		return remedy(refusal, "write it as %s", plain);
	}
	because(refusal, "%s is not an address of a single host", text);
	return remedy(refusal, "write one like 192.0.2.7 or 2001:db8::7");
}

static int check_prefix(const struct vs_address *address, const char *prefix,
			struct refusal *refusal)
{
	uint64_t length = 0, most = address->family == AF_INET ? 32 : 128;

	if (vs_parse_count(prefix, &length) == 0 && length && length <= most)
		return 0;
	because(refusal, "/%s is no prefix of an address of this family", prefix);
	return remedy(refusal, "write /1 to /%d", (int)most);
}

/* "ADDRESS" of the host, or "ADDRESS/PREFIX dev INTERFACE [nodad]"; or none. */
static int check_address(const char *value, struct refusal *refusal)
{
	_cleanup_free_ char *text = strdup(value);
	char *words[5] = {}, *rest = text, *word, *prefix;
	struct vs_address address;
	size_t n = 0;
	int r;

	if (strcmp(value, "none") == 0)
		return 0;
	while (rest && n < 5 && (word = strsep(&rest, " \t")))
		if (*word)
			words[n++] = word;
	prefix = n ? strchr(words[0], '/') : NULL;
	if (prefix)
		*prefix++ = '\0';
	if (!n || vs_address_parse(words[0], &address) < 0) {
		because(refusal, "'%s' is no address", n ? words[0] : value);
		return remedy(refusal, "write it like 192.0.2.7/24 dev eth0, or 2001:db8::7");
	}
	r = check_unicast(&address, words[0], refusal);
	if (!r && prefix)
		r = check_prefix(&address, prefix, refusal);
	if (r < 0 || n == 1)
		return r;
	if (n >= 3 && n <= 4 && strcmp(words[1], "dev") == 0 && strlen(words[2]) < IFNAMSIZ &&
	    !strchr(words[2], '/') &&
	    (n == 3 || (strcmp(words[3], "nodad") == 0 && address.family == AF_INET6)))
		return 0;
	because(refusal, "after an address comes dev INTERFACE, of IPv6 nodad too, and nothing else");
	return remedy(refusal, "write it like 192.0.2.7/24 dev eth0");
}

static int check_capabilities(const char *value, struct refusal *refusal)
{
	_cleanup_free_ char *bad = NULL;
	uint64_t ceiling = 0;

	if (vs_ceiling_parse(value, &ceiling, &bad) == 0)
		return 0;
	because(refusal, "there is no capability '%s'", bad ?: value);
	return remedy(refusal, "capabilities(7) has the names");
}

static int check_choice(const struct vs_setting *setting, const char *value,
			struct refusal *refusal)
{
	_cleanup_free_ char *words = strdup(setting->value);
	char *rest = words, *word;

	while (rest && (word = strsep(&rest, "|")))
		if (strcmp(value, word) == 0)
			return 0;
	because(refusal, "'%s' is none of %s", value, setting->value);
	return remedy(refusal, "write one of %s", setting->value);
}

static int check_command(const char *value, struct refusal *refusal)
{
	static const char *const known[] = { "systemd", "sysvinit", "openrc", "runit" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(value, known[i]) == 0)
			return 0;
	if (*value == '/')
		return 0;
	because(refusal, "'%s' is no init", value);
	return remedy(refusal, "write systemd, sysvinit, openrc, runit or the path of a command");
}

/* Whether there is such an image, the daemon knows. */
static int check_image(const char *value, struct refusal *refusal)
{
	const char *digits = strncmp(value, "sha256:", 7) ? NULL : value + 7;

	if (digits ? strlen(digits) >= 8 && digits[strspn(digits, "0123456789abcdef")] == '\0' :
		     vs_name_valid(value))
		return 0;
	because(refusal, "no image can be called '%s'", value);
	return remedy(refusal, "write the name of one, or sha256: and 8 digits or more");
}

static int check_mount(const char *value, struct refusal *refusal)
{
	struct vs_mount mount;
	int r = vs_parse_mount(value, &mount, &refusal->reason, &refusal->remedy);

	if (!r)
		vs_mount_clear(&mount);
	return r;
}

static int check(const struct vs_setting *setting, const char *value, struct refusal *refusal)
{
	switch (setting->type) {
	case VS_TYPE_STRING:
		return check_string(value, refusal);
	case VS_TYPE_BOOL:
		return check_bool(value, refusal);
	case VS_TYPE_XID:
		return check_xid(value, refusal);
	case VS_TYPE_COUNT:
		return check_count(value, refusal);
	case VS_TYPE_SIZE:
		return check_size(setting, value, refusal);
	case VS_TYPE_TIME:
		return check_time(setting, value, refusal);
	case VS_TYPE_SHARE:
		return check_share(setting, value, refusal);
	case VS_TYPE_BIAS:
		return check_bias(value, refusal);
	case VS_TYPE_ADDRESS:
		return check_address(value, refusal);
	case VS_TYPE_CAPABILITIES:
		return check_capabilities(value, refusal);
	case VS_TYPE_COMMAND:
		return check_command(value, refusal);
	case VS_TYPE_CHOICE:
		return check_choice(setting, value, refusal);
	case VS_TYPE_MOUNT:
		return check_mount(value, refusal);
	case VS_TYPE_IMAGE:
		return check_image(value, refusal);
	case VS_TYPE_CPUSET:
		return check_cpuset(value, refusal);
	case VS_TYPE_SCHEDULE:
		return check_schedule(value, refusal);
	case VS_TYPE_RATE:
	case VS_TYPE_TRAFFIC:
		return vs_traffic_check(setting->type, value, &refusal->reason,
					&refusal->remedy);
	}
	return because(refusal, "'%s' is of no known type", setting->name);
}

int vs_setting_check(const struct vs_setting *setting, const char *value,
		     char **ret_reason, char **ret_remedy)
{
	struct refusal refusal = {};
	int r;

	r = check(setting, value, &refusal);
	if (r < 0) {
		*ret_reason = refusal.reason;
		*ret_remedy = refusal.remedy;
	}
	return r;
}
