/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Measured values in the few characters that a person reads.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "human.h"

static const char units[] = "BKMGTPE";

__attribute__((format(printf, 1, 2)))
static char *text(const char *format, ...)
{
	char *ret = NULL;
	va_list ap;
	int r;

	va_start(ap, format);
	r = vasprintf(&ret, format, ap);
	va_end(ap);
	return r < 0 ? NULL : ret;
}

/* How often 1024 goes into it before less than 1024 is left. */
static unsigned int unit_of(uint64_t bytes)
{
	unsigned int unit = 0;

	while (bytes >= 1024 && units[unit + 1]) {
		bytes /= 1024;
		unit++;
	}
	return unit;
}

/* Three digits: 1.1, 12, 203; a whole number of bytes. */
static char *number(uint64_t bytes, unsigned int unit, const char *suffix)
{
	double value = (double)bytes / (double)(1ULL << (10 * unit));
	int digits = unit && value > 0 && value < 9.95;

	return text("%.*f%s", digits, value, suffix);
}

char *human_size(uint64_t bytes)
{
	unsigned int unit = unit_of(bytes);
	char suffix[] = { units[unit], '\0' };

	return number(bytes, unit, suffix);
}

char *human_size_of(uint64_t bytes, const char *limit)
{
	const char *unit = strchr(units, limit[0] ? limit[strlen(limit) - 1] : 'B');
	char *used = number(bytes, unit && *unit ? (unsigned int)(unit - units) : 0, "");
	char *ret = used ? text("%s of %s", used, limit) : NULL;

	free(used);
	return ret;
}

char *human_share(uint64_t share)
{
	return text("%.1f%%", (double)share / 100);
}

static const struct unit {
	const char *name;
	uint64_t ns;
} times[] = {
	{ "s", 1000000000 },
	{ "ms", 1000000 },
	{ "us", 1000 },
};

/* The largest that it has one of. */
static const struct unit *unit_of_time(uint64_t ns)
{
	const struct unit *unit = times;

	while (ns && ns < unit->ns && unit + 1 < times + sizeof(times) / sizeof(*times))
		unit++;
	return unit;
}

/* 3.2, 12, 480; a whole number where it is one. */
static char *number_of(int64_t ns, const struct unit *unit, const char *suffix)
{
	double value = (double)ns / (double)unit->ns;
	bool whole = ns % (int64_t)unit->ns == 0;

	return text("%.*f%s", !whole && value > -9.95 && value < 9.95, value, suffix);
}

char *human_time(uint64_t ns)
{
	const struct unit *unit = unit_of_time(ns);
	char suffix[8];

	if (ns >= 60 * times[0].ns)
		return human_uptime_long(ns / times[0].ns);
	snprintf(suffix, sizeof(suffix), " %s", unit->name);
	return number_of((int64_t)ns, unit, suffix);
}

char *human_time_of(int64_t ns, uint64_t limit_ns)
{
	const struct unit *unit = unit_of_time(limit_ns);
	char *there = number_of(ns, unit, ""), *limit = number_of((int64_t)limit_ns, unit, "");
	char *ret = there && limit ? text("%s of %s %s", there, limit, unit->name) : NULL;

	free(there);
	free(limit);
	return ret;
}

char *human_uptime(uint64_t seconds)
{
	uint64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

	if (days)
		return text("%jud%ju", (uintmax_t)days, (uintmax_t)hours % 24);
	if (hours)
		return text("%juh%02ju", (uintmax_t)hours, (uintmax_t)minutes % 60);
	if (minutes)
		return text("%jum%02ju", (uintmax_t)minutes, (uintmax_t)seconds % 60);
	return text("%jus", (uintmax_t)seconds);
}

char *human_uptime_long(uint64_t seconds)
{
	uint64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

	if (days)
		return text("%ju d %ju h", (uintmax_t)days, (uintmax_t)hours % 24);
	if (hours)
		return text("%ju h %ju min", (uintmax_t)hours, (uintmax_t)minutes % 60);
	if (minutes)
		return text("%ju min %ju s", (uintmax_t)minutes, (uintmax_t)seconds % 60);
	return text("%ju s", (uintmax_t)seconds);
}

/* "Z" or "+01:00", after fractions of a second; seconds east of UTC. */
static int zone(const char *p, long *ret)
{
	int hours, minutes;
	char sign;

	if (*p == '.')
		p += 1 + strspn(p + 1, "0123456789");
	if (!strcmp(p, "Z")) {
		*ret = 0;
		return 0;
	}
	if (sscanf(p, "%c%2d:%2d", &sign, &hours, &minutes) != 3 || !strchr("+-", sign))
		return -1;
	*ret = (hours * 60 + minutes) * 60L * (sign == '-' ? -1 : 1);
	return 0;
}

char *human_date(const char *rfc3339)
{
	struct tm tm = { 0 };
	const char *rest = strptime(rfc3339, "%Y-%m-%dT%H:%M:%S", &tm);
	char date[64];
	time_t when;
	long east;

	if (!rest || zone(rest, &east) < 0)
		return strdup(rfc3339);
	when = timegm(&tm) - east;
	if (!localtime_r(&when, &tm) || !strftime(date, sizeof(date), "%a %Y-%m-%d %H:%M:%S", &tm))
		return strdup(rfc3339);
	return strdup(date);
}
