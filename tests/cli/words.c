/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The words that people see: measured values, and the guess at what was
 * meant.
 */
#include <stdlib.h>

#include "tests/unit/tap.h"
#include "utils/cli.h"
#include "utils/human.h"

#define shows(made, want)                            \
	do {                                         \
		char *made_ = (made);                \
		is_str(made_, (want), "%s", (want)); \
		free(made_);                         \
	} while (0)

static void values(void)
{
	shows(human_size(0), "0B");
	shows(human_size(1023), "1023B");
	shows(human_size(1024), "1.0K");
	shows(human_size(203ULL << 20), "203M");
	shows(human_size(1181116006), "1.1G");
	shows(human_size(UINT64_MAX), "16E");
	shows(human_size_of(203ULL << 20, "512M"), "203 of 512M");
	shows(human_size_of(1181116006, "2G"), "1.1 of 2G");
	shows(human_size_of(1181116006, "1536M"), "1126 of 1536M");
	shows(human_share(0), "0.0%");
	shows(human_share(1210), "12.1%");
	shows(human_time(0), "0 s");
	shows(human_time(850000), "850 us");
	shows(human_time(480000000), "480 ms");
	shows(human_time(3200000000), "3.2 s");
	shows(human_time(61000000000), "1 min 1 s");
	shows(human_time_of(480000000, 500000000), "480 of 500 ms");
	shows(human_time_of(9800000, 10000000), "9.8 of 10 ms");
	shows(human_time_of(-3200000, 10000000), "-3.2 of 10 ms");
	shows(human_time_of(240000000, 2500000000), "0.2 of 2.5 s");
	shows(human_time_of(0, 500000), "0 of 500 us");
	shows(human_uptime(0), "0s");
	shows(human_uptime(59), "59s");
	shows(human_uptime(61), "1m01");
	shows(human_uptime(11520), "3h12");
	shows(human_uptime(90000), "1d1");
	shows(human_uptime_long(11520), "3 h 12 min");
	shows(human_uptime_long(61), "1 min 1 s");
}

static void dates(void)
{
	setenv("TZ", "UTC0", 1);
	shows(human_date("2026-11-22T10:02:11Z"), "Sun 2026-11-22 10:02:11");
	shows(human_date("2026-11-22T10:02:11.123456Z"), "Sun 2026-11-22 10:02:11");
	shows(human_date("2026-11-22T10:02:11+01:00"), "Sun 2026-11-22 09:02:11");
	shows(human_date("2026-11-22T23:02:11-01:30"), "Mon 2026-11-23 00:32:11");
	shows(human_date("yesterday"), "yesterday");
	shows(human_date("2026-11-22T10:02:11"), "2026-11-22T10:02:11");
}

static const char *guessed(const char *word)
{
	struct guess guess = { .word = word };

	guess_add(&guess, "web");
	guess_add(&guess, "database");
	guess_add(&guess, "mail");
	return guess.found ? guess.found : "(none)";
}

static void guesses(void)
{
	is_str(guessed("wbe"), "web", "two letters changed places");
	is_str(guessed("weeb"), "web", "one too many");
	is_str(guessed("datbase"), "database", "one too few");
	is_str(guessed("daatbsae"), "database", "two slips in a long word");
	is_str(guessed("weeeb"), "(none)", "two slips in a short word");
	is_str(guessed("w"), "(none)", "a letter is no guess");
	is_str(guessed(""), "(none)", "nor is nothing");
	is_str(guessed("completelydifferentandmuchlongerthananythingthatcouldbeanamehereisit"),
	       "(none)", "too long to compare");
}

int main(void)
{
	values();
	dates();
	guesses();
	return done_testing();
}
