// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Sizes, times, shares, counts, numbers of contexts and sets of processors: what
 * is taken is printed in a form that is taken again, and means the same.
 */
#include <vserver.h>

#include "fuzz.h"

static void size_again(const char *text)
{
	uint64_t value, again;
	char *printed;

	if (vs_parse_size(text, &value) < 0)
		return;
	must(vs_format_size(value, &printed) == 0);
	must(vs_parse_size(printed, &again) == 0 && again == value);
	free(printed);
}

static void time_again(const char *text)
{
	uint64_t value, again;
	char *printed;

	if (vs_parse_time(text, &value) < 0)
		return;
	must(vs_format_time(value, &printed) == 0);
	must(vs_parse_time(printed, &again) == 0 && again == value);
	free(printed);
}

static void share_again(const char *text)
{
	uint64_t rate, interval, again, interval_again;
	char *printed;

	if (vs_parse_share(text, &rate, &interval) < 0)
		return;
	must(interval);
	must(vs_format_share(rate, interval, &printed) == 0);
	must(vs_parse_share(printed, &again, &interval_again) == 0);
	must(again == rate && interval_again == interval);
	free(printed);
}

static void cpuset_again(const char *text)
{
	struct vs_cpuset set, again;
	char *printed;

	if (vs_parse_cpuset(text, &set) < 0)
		return;
	must(vs_cpuset_count(&set));
	must(vs_format_cpuset(&set, &printed) == 0);
	must(vs_parse_cpuset(printed, &again) == 0);
	must(vs_cpuset_within(&set, &again) && vs_cpuset_within(&again, &set));
	free(printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct vs_bucket bucket;
	uint64_t rate, interval;
	uint32_t xid;

	size_again(text);
	time_again(text);
	share_again(text);
	cpuset_again(text);
	vs_parse_count(text, &rate);
	if (vs_parse_xid(text, &xid) == 0)
		must(xid >= VS_XID_MIN && xid <= VS_XID_STATIC_MAX);
	if (vs_parse_share(text, &rate, &interval) == 0 &&
	    vs_bucket_make(rate, interval, 0, 0, &bucket) == 0)
		must(bucket.rate_ns && bucket.release_ns <= bucket.size_ns);
	free(text);
	return 0;
}
