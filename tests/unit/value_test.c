/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * How values are written: what is accepted, what is refused, and that what
 * is printed reads back as the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "vserver.h"

static uint64_t size(const char *text)
{
	uint64_t bytes = 0;

	return vs_parse_size(text, &bytes) ? 0 : bytes;
}

static uint64_t nanoseconds(const char *text)
{
	uint64_t ns = 0;

	return vs_parse_time(text, &ns) ? 0 : ns;
}

static void sizes(void)
{
	uint64_t untouched = 7;

	is_int(size("512M"), 512 << 20, "512M is binary");
	is_int(size("10G"), 10LL << 30, "10G");
	is_int(size("10GiB"), 10LL << 30, "10GiB is the same");
	is_int(size("500MB"), 500000000, "500MB is decimal");
	is_int(size("1.5K"), 1536, "fractions");
	is_int(size("4096"), 4096, "bytes need no unit");
	ok(size("infinity") == UINT64_MAX, "infinity is none");

	is_int(vs_parse_size("", &untouched), -EINVAL, "nothing is no size");
	is_int(vs_parse_size("M", &untouched), -EINVAL, "nor is a unit alone");
	is_int(vs_parse_size("-1M", &untouched), -EINVAL, "nor what is negative");
	is_int(vs_parse_size("+1M", &untouched), -EINVAL, "nor has it a sign");
	is_int(vs_parse_size(" 1M", &untouched), -EINVAL, "nor a blank before it");
	is_int(vs_parse_size("1M ", &untouched), -EINVAL, "nor behind it");
	is_int(vs_parse_size("1 M", &untouched), -EINVAL, "nor between");
	is_int(vs_parse_size("1X", &untouched), -EINVAL, "nor any unit");
	is_int(vs_parse_size("0x10", &untouched), -EINVAL, "nor is it hexadecimal");
	is_int(vs_parse_size("1.M", &untouched), -EINVAL, "a point wants digits behind it");
	is_int(vs_parse_size(".5M", &untouched), -EINVAL, "and before it");
	is_int(vs_parse_size("1.2.3M", &untouched), -EINVAL, "and there is one");
	is_int(vs_parse_size("99999999999T", &untouched), -ERANGE, "too much for 64 bits");
	is_int(vs_parse_size("18446744073709551616", &untouched), -ERANGE, "by one");
	is_int(vs_parse_size("18446744073709551615", &untouched), -ERANGE,
	       "nor the number that stands for infinity");
	is_int(untouched, 7, "a refused value touches nothing");
}

static void times(void)
{
	uint64_t untouched = 7;

	is_int(nanoseconds("10ms"), 10000000, "10ms");
	is_int(nanoseconds("90s"), 90000000000, "90s");
	is_int(nanoseconds("1h"), 3600000000000, "1h");
	is_int(nanoseconds("2min"), 120000000000, "2min");
	is_int(nanoseconds("1.5us"), 1500, "1.5us");
	is_int(nanoseconds("7ns"), 7, "7ns");
	is_int(vs_parse_time("10", &untouched), -EINVAL, "a time wants a unit");
	is_int(vs_parse_time("0", &untouched), -EINVAL, "even where it is none");
	is_int(vs_parse_time("10m", &untouched), -EINVAL, "m says neither minute nor milli");
	is_int(vs_parse_time("1h30min", &untouched), -EINVAL, "one unit, not two");
	is_int(vs_parse_time("99999999999h", &untouched), -ERANGE, "too long for 64 bits");
	is_int(untouched, 7, "a refused value touches nothing");
}

static void shares(void)
{
	uint64_t rate = 7, interval = 7;

	is_int(vs_parse_share("25%", &rate, &interval), 0, "25%% is a share");
	is_int(rate, 25000000, "of 25 ms");
	is_int(interval, VS_SHARE_INTERVAL_NS, "every 100 ms");
	is_int(vs_parse_share("12.5%", &rate, &interval), 0, "12.5%% is one");
	is_int(rate, 12500000, "of 12.5 ms");
	is_int(vs_parse_share("3ms/7ms", &rate, &interval), 0, "3ms/7ms is one");
	is_int(rate, 3000000, "of 3 ms");
	is_int(interval, 7000000, "every 7 ms");
	is_int(vs_parse_share("infinity", &rate, &interval), 0, "infinity is one");
	ok(rate == UINT64_MAX, "without an end");
	is_int(vs_parse_share("0%", &rate, &interval), 0, "0%% can be written");
	is_int(rate, 0, "and is nothing");

	rate = interval = 7;
	is_int(vs_parse_share("25", &rate, &interval), -EINVAL, "a share wants its sign");
	is_int(vs_parse_share("%", &rate, &interval), -EINVAL, "and a number");
	is_int(vs_parse_share("-5%", &rate, &interval), -EINVAL, "that is not negative");
	is_int(vs_parse_share("10ms/", &rate, &interval), -EINVAL, "an interval is a time");
	is_int(vs_parse_share("/10ms", &rate, &interval), -EINVAL, "a rate is one, too");
	is_int(vs_parse_share("1ms/0s", &rate, &interval), -EINVAL, "and no interval is 0");
	is_int(vs_parse_share("1ms/1ms/1ms", &rate, &interval), -EINVAL, "two, not three");
	ok(rate == 7 && interval == 7, "a refused value touches nothing");
}

static void numbers(void)
{
	uint64_t count = 7;
	uint32_t xid = 7;

	is_int(vs_parse_count("400", &count), 0, "400 is a count");
	is_int(count, 400, "of 400");
	is_int(vs_parse_count("4.5", &count), -EINVAL, "there are no halves");
	is_int(vs_parse_count("4k", &count), -EINVAL, "nor units");
	is_int(vs_parse_xid("2", &xid), 0, "2 is the least xid");
	is_int(vs_parse_xid("49151", &xid), 0, "49151 the greatest");
	is_int(xid, 49151, "and it is what is read");
	is_int(vs_parse_xid("0", &xid), -ERANGE, "the host's is no context's");
	is_int(vs_parse_xid("1", &xid), -ERANGE, "nor the watcher's");
	is_int(vs_parse_xid("49152", &xid), -ERANGE, "nor one that is handed out");
	is_int(vs_parse_xid("4294967338", &xid), -ERANGE, "nor one that wraps to 42");
	is_int(vs_parse_xid("99999999999999999999", &xid), -ERANGE, "nor one beyond 64 bits");
	is_int(vs_parse_xid("", &xid), -EINVAL, "nothing is no xid");
	is_int(vs_parse_xid("web", &xid), -EINVAL, "nor a name");
	is_int(vs_parse_xid("42.0", &xid), -EINVAL, "nor a fraction");
	is_int(xid, 49151, "a refused value touches nothing");
}

static void printing(void)
{
	char *text;

	vs_format_size(512 << 20, &text);
	is_str(text, "512M", "512M is printed so");
	free(text);
	vs_format_size(1000, &text);
	is_str(text, "1000", "what is no multiple is printed in bytes");
	free(text);
	vs_format_size(UINT64_MAX, &text);
	is_str(text, "infinity", "none is printed as infinity");
	free(text);
	vs_format_time(1500000, &text);
	is_str(text, "1500us", "1.5 ms is printed exactly");
	free(text);
	vs_format_time(0, &text);
	is_str(text, "0s", "no time has a unit, too");
	free(text);
	vs_format_share(25000000, VS_SHARE_INTERVAL_NS, &text);
	is_str(text, "25%", "25%% is printed so");
	free(text);
	vs_format_share(12500000, VS_SHARE_INTERVAL_NS, &text);
	is_str(text, "12.5%", "12.5%% is printed so");
	free(text);
	vs_format_share(3000000, 7000000, &text);
	is_str(text, "3ms/7ms", "another interval is printed with it");
	free(text);
}

/* Values all over the range: printed, read, and the same. */
static void round_trip(void)
{
	uint64_t value = 1, got, interval;
	bool sizes_same = true, times_same = true, shares_same = true;

	for (int i = 0; i < 100000; i++) {
		char *text;

		value = value * 6364136223846793005ULL + 1442695040888963407ULL;
		got = value >> (i % 64);
		vs_format_size(got, &text);
		sizes_same &= size(text) == got;
		free(text);
		vs_format_time(got, &text);
		times_same &= nanoseconds(text) == got;
		free(text);
		vs_format_share(value >> 32, VS_SHARE_INTERVAL_NS, &text);
		shares_same &= !vs_parse_share(text, &got, &interval) && got == value >> 32 &&
			       interval == VS_SHARE_INTERVAL_NS;
		free(text);
	}
	ok(sizes_same, "every size reads back as itself");
	ok(times_same, "every time reads back as itself");
	ok(shares_same, "every share reads back as itself");
}

/* Whatever is fed to them, the parsers end and stay within their text. */
static void noise(void)
{
	static const char letters[] = "0123456789.%/-+ KMGTBikmsunhdinfinity";
	uint64_t seed = 1, a, b;
	uint32_t xid;

	for (int i = 0; i < 200000; i++) {
		size_t n = (seed >> 33) % 12;
		char *text = malloc(n + 1);

		for (size_t j = 0; j < n; j++) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			text[j] = letters[(seed >> 33) % (sizeof(letters) - 1)];
		}
		seed++;
		text[n] = '\0';
		vs_parse_size(text, &a);
		vs_parse_time(text, &a);
		vs_parse_share(text, &a, &b);
		vs_parse_count(text, &a);
		vs_parse_xid(text, &xid);
		free(text);
	}
	ok(true, "noise is read to its end and no further");
}

/* Written again; NULL: it was refused. */
static char *again(const char *text)
{
	struct vs_cpuset set;
	char *ret = NULL;

	return vs_parse_cpuset(text, &set) || vs_format_cpuset(&set, &ret) ? NULL : ret;
}

static void is_set(const char *text, const char *want)
{
	char *got = again(text);

	ok(got && !strcmp(got, want), "processors %s are %s", text, want);
	free(got);
}

static void cpusets(void)
{
	static const char *const none[] = {
		"", ",", "-", "1-", "-1", "1,,2", ",1", "1,", "2-1", "1-2-3", " 1", "1 ", "0x1", "+1",
		"all", "0-8:2/4",
	};
	struct vs_cpuset set, all;

	is_set("0", "0");
	is_set("0-3,8", "0-3,8");
	is_set("8,0-1,2,3", "0-3,8");
	is_set("63-64,8191", "63-64,8191");
	is_set("007", "7");
	is_set("infinity", "0-8191");
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		is_int(vs_parse_cpuset(none[i], &set), -EINVAL, "'%s' are none", none[i]);
	is_int(vs_parse_cpuset("0,8192", &set), -ERANGE, "8192 is one more than there can be");
	is_int(vs_parse_cpuset("0-99999999999999999999", &set), -ERANGE, "nor does a number wrap");

	vs_parse_cpuset("0-3,64", &set);
	vs_parse_cpuset("0-64", &all);
	is_int(vs_cpuset_count(&set), 5, "five are counted");
	ok(vs_cpuset_within(&set, &all), "they are within more");
	ok(!vs_cpuset_within(&all, &set), "which are not within them");
	ok(vs_cpuset_within(&set, &set), "they are within themselves");
}

int main(void)
{
	sizes();
	times();
	shares();
	numbers();
	printing();
	round_trip();
	noise();
	cpusets();
	return done_testing();
}
