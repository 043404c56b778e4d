// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's traffic, as List and Describe give it: since it was started, and of
 * this month.
 */
#include <errno.h>

#include "guest.h"
#include "traffic.h"

static int build_count(const struct vs_traffic_count *count, sd_json_variant **ret)
{
	return sd_json_buildo(ret, SD_JSON_BUILD_PAIR_UNSIGNED("bytes", count->bytes),
			      SD_JSON_BUILD_PAIR_UNSIGNED("packets", count->packets),
			      SD_JSON_BUILD_PAIR_UNSIGNED("drops", count->drops),
			      SD_JSON_BUILD_PAIR_UNSIGNED("connections", count->connections));
}

static int add_family(const char *field, const struct vs_traffic_count *in,
		      const struct vs_traffic_count *out, sd_json_variant **object)
{
	sd_json_variant *received = NULL, *sent = NULL, *family = NULL;
	int r = build_count(in, &received);

	if (r >= 0)
		r = build_count(out, &sent);
	if (r >= 0)
		r = sd_json_buildo(&family, SD_JSON_BUILD_PAIR_VARIANT("received", received),
				   SD_JSON_BUILD_PAIR_VARIANT("sent", sent));
	if (r >= 0)
		r = sd_json_variant_set_field(object, field, family);
	sd_json_variant_unref(received);
	sd_json_variant_unref(sent);
	sd_json_variant_unref(family);
	return r;
}

static int add_rate(const char *field, const struct vs_rate *rate, sd_json_variant **object)
{
	return rate->bits == UINT64_MAX ? 0 :
	       sd_json_variant_set_field_unsigned(object, field, rate->bits);
}

/* One that has just ended has none any more. */
static int add_now(struct manager *m, const char *cgroup, sd_json_variant **object)
{
	struct vs_traffic traffic;
	struct vs_rate in, out;
	int r;

	if (!cgroup || vs_traffic_read(m->vs, cgroup, &traffic) < 0 ||
	    vs_traffic_limits(m->vs, cgroup, &in, &out) < 0)
		return 0;
	r = add_family("ip4", &traffic.ip4.in, &traffic.ip4.out, object);
	if (r >= 0)
		r = add_family("ip6", &traffic.ip6.in, &traffic.ip6.out, object);
	if (r >= 0)
		r = add_rate("receiveBits", &in, object);
	return r < 0 ? r : add_rate("sendBits", &out, object);
}

static int add_month(const struct guest *guest, const struct traffic_account *account,
		     sd_json_variant **object)
{
	int r = sd_json_variant_set_field_string(object, "month", account->month);

	if (r >= 0)
		r = sd_json_variant_set_field_unsigned(object, "monthBytes", account->used_bytes);
	if (r < 0 || !guest->config || guest->config->quota.bytes == UINT64_MAX)
		return r;
	r = sd_json_variant_set_field_unsigned(object, "monthLimitBytes",
					       guest->config->quota.bytes);
	return r < 0 ? r : sd_json_variant_set_field_boolean(
		object, "limitReached", traffic_is_over(guest->config, account));
}

int guest_add_traffic(struct manager *m, const struct guest *guest, sd_json_variant **object)
{
	const char *cgroup = guest_is_up(guest) && guest->state ? guest->state->cgroup : NULL;
	sd_json_variant *traffic = NULL;
	struct traffic_account account;
	int r;

	r = add_now(m, cgroup, &traffic);
	if (r < 0)
		goto out;
	if (traffic_account(m->vs, guest->name, cgroup, &account) == 0 ||
	    traffic_account(m->vs, guest->name, NULL, &account) == 0)
		r = add_month(guest, &account, &traffic);
	if (r >= 0 && traffic)
		r = sd_json_variant_set_field(object, "traffic", traffic);
out:
	sd_json_variant_unref(traffic);
	return r;
}
