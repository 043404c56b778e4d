// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a guest may send and receive.  Each value has been seen to be good.
 */
#include "config_entry.h"

void config_take_traffic(const struct entries *entries, struct config *config)
{
	const char *rate = entry_value(entries, "net-rate");
	const char *rate_in = entry_value(entries, "net-rate-in");
	const char *traffic = entry_value(entries, "net-traffic");

	config->rate_out.bits = UINT64_MAX;
	config->quota.bytes = UINT64_MAX;
	if (rate)
		vs_parse_rate(rate, &config->rate_out);
	config->rate_in = config->rate_out;
	if (rate_in)
		vs_parse_rate(rate_in, &config->rate_in);
	if (traffic)
		vs_parse_traffic(traffic, &config->quota);
}
