// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's traffic, in one line: both families together.
 */
#include <stdio.h>
#include <stdlib.h>

#include "client.h"
#include "human.h"
#include "traffic.h"

static uint64_t sum(sd_json_variant *traffic, const char *direction, const char *field)
{
	static const char *const families[] = { "ip4", "ip6" };
	uint64_t all = 0, one;

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		sd_json_variant *family = sd_json_variant_by_key(traffic, families[i]);

		if (field_number(sd_json_variant_by_key(family, direction), field, &one))
			all += one;
	}
	return all;
}

/* received 1.2G, sent 340M, 12 packets dropped; */
static void print_now(sd_json_variant *traffic)
{
	uint64_t drops = sum(traffic, "received", "drops") + sum(traffic, "sent", "drops");
	char *received = human_size(sum(traffic, "received", "bytes"));
	char *sent = human_size(sum(traffic, "sent", "bytes"));

	printf("received %s, sent %s", received, sent);
	if (drops)
		printf(", %ju packets dropped", (uintmax_t)drops);
	fputs("; ", stdout);
	free(received);
	free(sent);
}

/* 12G in 2026-11, of 931G, which are used up */
static void print_month(sd_json_variant *traffic)
{
	const char *month = field_string(traffic, "month");
	uint64_t bytes, limit;
	char *used, *all;

	if (!month || !field_number(traffic, "monthBytes", &bytes))
		return;
	used = human_size(bytes);
	printf("%s in %s", used, month);
	free(used);
	if (!field_number(traffic, "monthLimitBytes", &limit))
		return;
	all = human_size(limit);
	printf(", of %s%s", all, field_true(traffic, "limitReached") ? ", which are used up" : "");
	free(all);
}

void print_traffic(sd_json_variant *guest)
{
	sd_json_variant *traffic = sd_json_variant_by_key(guest, "traffic");

	if (!traffic || sd_json_variant_is_null(traffic))
		return;
	fputs("  traffic  ", stdout);
	if (sd_json_variant_by_key(traffic, "ip4"))
		print_now(traffic);
	print_month(traffic);
	putchar('\n');
}
