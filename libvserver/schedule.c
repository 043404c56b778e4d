// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * How often something is done, and how much of it is kept: "daily keep 7".  A
 * period has a name, of which there is one at a time; so who asks whether it is
 * time asks whether there is something of that name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "private.h"

#define KEEP_MAX	10000

static const char *const periods[] = {
	[VS_PERIOD_NONE] = "none",
	[VS_PERIOD_HOUR] = "hourly",
	[VS_PERIOD_DAY] = "daily",
	[VS_PERIOD_WEEK] = "weekly",
	[VS_PERIOD_MONTH] = "monthly",
};

int vs_parse_schedule(const char *text, struct vs_schedule *ret)
{
	struct vs_schedule schedule = { 0 };
	size_t n = strcspn(text, " ");
	uint64_t keep;

	for (size_t i = 0; i < sizeof(periods) / sizeof(*periods); i++) {
		if (strlen(periods[i]) != n || strncmp(text, periods[i], n) != 0)
			continue;
		schedule.period = (enum vs_period)i;
		if (i == VS_PERIOD_NONE && !text[n]) {
			*ret = schedule;
			return 0;
		}
		if (i == VS_PERIOD_NONE || strncmp(text + n, " keep ", 6) != 0 ||
		    vs_parse_count(text + n + 6, &keep) < 0)
			return -EINVAL;
		if (!keep || keep > KEEP_MAX)
			return -ERANGE;
		schedule.keep = (unsigned int)keep;
		*ret = schedule;
		return 0;
	}
	return -EINVAL;
}

/* In UTC, in which no hour comes twice. */
void vs_schedule_name(enum vs_period period, time_t when, char ret[VS_SCHEDULE_NAME_MAX])
{
	static const char *const formats[] = {
		[VS_PERIOD_NONE] = "%Y-%m-%d-%H%M%S",
		[VS_PERIOD_HOUR] = "hourly-%Y-%m-%d-%H",
		[VS_PERIOD_DAY] = "daily-%Y-%m-%d",
		[VS_PERIOD_WEEK] = "weekly-%G-W%V",
		[VS_PERIOD_MONTH] = "monthly-%Y-%m",
	};
	struct tm tm;

	gmtime_r(&when, &tm);
	if (!strftime(ret, VS_SCHEDULE_NAME_MAX, formats[period], &tm))
		*ret = '\0';
}
