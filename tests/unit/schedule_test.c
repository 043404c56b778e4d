// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which schedules there are, and that a period has one name and the next one
 * another.
 */
#include <errno.h>
#include <string.h>

#include "tap.h"
#include "vserver.h"

static int parse(const char *text)
{
	struct vs_schedule schedule;

	return vs_parse_schedule(text, &schedule);
}

static bool is_named(enum vs_period period, time_t when, const char *name)
{
	char text[VS_SCHEDULE_NAME_MAX];

	vs_schedule_name(period, when, text);
	return !strcmp(text, name);
}

int main(void)
{
	const time_t year = 1767225600;		/* 2026-01-01T00:00:00Z, a Thursday */
	struct vs_schedule schedule;

	ok(vs_parse_schedule("daily keep 7", &schedule) == 0 &&
	   schedule.period == VS_PERIOD_DAY && schedule.keep == 7, "daily keep 7");
	ok(vs_parse_schedule("none", &schedule) == 0 && schedule.period == VS_PERIOD_NONE, "none");
	ok(parse("hourly keep 1") == 0 && parse("weekly keep 10000") == 0 &&
	   parse("monthly keep 12") == 0, "the other periods");
	ok(parse("daily") == -EINVAL, "without a number");
	ok(parse("daily keep") == -EINVAL && parse("daily keep x") == -EINVAL &&
	   parse("daily  keep 7") == -EINVAL && parse("daily keep 7 ") == -EINVAL, "not quite");
	ok(parse("none keep 7") == -EINVAL && parse("yearly keep 7") == -EINVAL &&
	   parse("") == -EINVAL, "no period");
	ok(parse("daily keep 0") == -ERANGE && parse("daily keep 10001") == -ERANGE,
	   "nothing, and too much, to keep");

	ok(is_named(VS_PERIOD_HOUR, year, "hourly-2026-01-01-00") &&
	   is_named(VS_PERIOD_HOUR, year + 3599, "hourly-2026-01-01-00") &&
	   is_named(VS_PERIOD_HOUR, year + 3600, "hourly-2026-01-01-01"), "an hour");
	ok(is_named(VS_PERIOD_DAY, year - 1, "daily-2025-12-31") &&
	   is_named(VS_PERIOD_DAY, year, "daily-2026-01-01"), "a day");
	ok(is_named(VS_PERIOD_WEEK, year - 3 * 86400 - 1, "weekly-2025-W52") &&
	   is_named(VS_PERIOD_WEEK, year - 1, "weekly-2026-W01") &&
	   is_named(VS_PERIOD_WEEK, year, "weekly-2026-W01"), "a week that two years share");
	ok(is_named(VS_PERIOD_MONTH, year - 1, "monthly-2025-12") &&
	   is_named(VS_PERIOD_MONTH, year, "monthly-2026-01"), "a month");
	ok(is_named(VS_PERIOD_NONE, year, "2026-01-01-000000"), "a moment");
	return done_testing();
}
