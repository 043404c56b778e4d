// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * How traffic is written: rates, "100mbit burst 1M", and what a guest may send
 * and receive in a month, "1TB/month then 1mbit"; and what is wrong with what is
 * neither.
 */
#include <errno.h>
#include <string.h>

#include "private.h"

/* One line, whole words, one space between: 0 and how many. */
static size_t split(char *text, char **words, size_t most)
{
	char *rest = text, *word;
	size_t n = 0;

	while ((word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		if (n == most)
			return most + 1;
		words[n++] = word;
	}
	return n;
}

int vs_parse_rate(const char *text, struct vs_rate *ret)
{
	_cleanup_free_ char *copy = strdup(text);
	struct vs_rate rate = { 0 };
	char *words[3];
	size_t n = copy ? split(copy, words, 3) : 0;
	int r;

	if (!copy)
		return -ENOMEM;
	if (n != 1 && n != 3)
		return -EINVAL;
	r = vs_parse_bits(words[0], &rate.bits);
	if (!r && n == 3) {
		if (strcmp(words[1], "burst") != 0 || rate.bits == UINT64_MAX)
			return -EINVAL;
		r = vs_parse_size(words[2], &rate.burst_bytes);
		if (!r && (!rate.burst_bytes || rate.burst_bytes > VS_BURST_MAX))
			r = -EDOM;
	}
	if (r < 0)
		return r;
	if (rate.bits < VS_RATE_MIN || (rate.bits > VS_RATE_MAX && rate.bits != UINT64_MAX))
		return -ERANGE;
	*ret = rate;
	return 0;
}

/* "1TB/month" */
static int parse_quota(char *word, uint64_t *ret)
{
	char *slash = strchr(word, '/');
	int r;

	if (!slash || strcmp(slash, "/month") != 0)
		return -EINVAL;
	*slash = '\0';
	r = vs_parse_size(word, ret);
	return !r && (!*ret || *ret == UINT64_MAX) ? -EINVAL : r;
}

int vs_parse_traffic(const char *text, struct vs_traffic_quota *ret)
{
	_cleanup_free_ char *copy = strdup(text);
	struct vs_traffic_quota quota = { .bytes = UINT64_MAX };
	char *words[3];
	size_t n = copy ? split(copy, words, 3) : 0;
	int r;

	if (!copy)
		return -ENOMEM;
	if (n == 1 && strcmp(words[0], "infinity") == 0) {
		*ret = quota;
		return 0;
	}
	if (n != 1 && n != 3)
		return -EINVAL;
	r = parse_quota(words[0], &quota.bytes);
	if (r < 0)
		return r;
	if (n == 3 && strcmp(words[1], "then") != 0)
		return -EINVAL;
	if (n == 3 && strcmp(words[2], "stop") == 0)
		quota.stop = true;
	else if (n == 3)
		r = vs_parse_rate(words[2], &quota.then);
	if (r < 0 || quota.then.bits == UINT64_MAX)
		return r < 0 ? r : -EINVAL;
	*ret = quota;
	return 0;
}

/* --- what is wrong ------------------------------------------------------------------ */

static int refuse(char **ret_reason, char **ret_remedy, const char *remedy, int written)
{
	*ret_remedy = strdup(remedy);
	if (written < 0)
		*ret_reason = NULL;
	return -EINVAL;
}

static int check_rate(const char *value, char **ret_reason, char **ret_remedy)
{
	struct vs_rate rate;
	int r = vs_parse_rate(value, &rate);

	if (!r)
		return 0;
	if (r == -ERANGE)
		return refuse(ret_reason, ret_remedy, "choose 64kbit to 1tbit, or infinity",
			      asprintf(ret_reason, "%s is out of range", value));
	if (r == -EDOM)
		return refuse(ret_reason, ret_remedy, "choose a burst up to 1G",
			      asprintf(ret_reason, "the burst of %s is out of range", value));
	return refuse(ret_reason, ret_remedy, "write it like 100mbit, or 100mbit burst 1M, or "
		      "infinity", asprintf(ret_reason, "'%s' is no rate", value));
}

static int check_traffic(const char *value, char **ret_reason, char **ret_remedy)
{
	struct vs_traffic_quota quota;
	int r = vs_parse_traffic(value, &quota);

	if (!r)
		return 0;
	if (r == -ERANGE)
		return refuse(ret_reason, ret_remedy, "choose a rate from 64kbit to 1tbit",
			      asprintf(ret_reason, "%s is out of range", value));
	return refuse(ret_reason, ret_remedy, "write it like 1TB/month, 1TB/month then 1mbit, or "
		      "1TB/month then stop, or infinity",
		      asprintf(ret_reason, "'%s' is no amount of traffic", value));
}

int vs_traffic_check(enum vs_setting_type type, const char *value, char **ret_reason,
		     char **ret_remedy)
{
	return type == VS_TYPE_RATE ? check_rate(value, ret_reason, ret_remedy) :
				      check_traffic(value, ret_reason, ret_remedy);
}
