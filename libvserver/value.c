// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * How values are written: sizes, times, shares, counts, numbers of contexts.
 * What is printed can be read back, and gives the same value again.  Whether
 * a value makes sense on this machine is setting_check.c's.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "private.h"

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit size_units[] = {
	{ "T", 1ULL << 40 }, { "G", 1ULL << 30 }, { "M", 1ULL << 20 }, { "K", 1ULL << 10 },
	{ "TiB", 1ULL << 40 }, { "GiB", 1ULL << 30 }, { "MiB", 1ULL << 20 }, { "KiB", 1ULL << 10 },
	{ "TB", 1000000000000ULL }, { "GB", 1000000000ULL }, { "MB", 1000000ULL },
	{ "kB", 1000ULL }, { "KB", 1000ULL }, { "B", 1 }, { "", 1 }, {}
};

static const struct unit time_units[] = {
	{ "d", 86400000000000ULL }, { "h", 3600000000000ULL }, { "min", 60000000000ULL },
	{ "s", 1000000000ULL }, { "ms", 1000000ULL }, { "us", 1000ULL }, { "ns", 1 }, {}
};

static const struct unit rate_units[] = {
	{ "tbit", 1000000000000ULL }, { "gbit", 1000000000ULL }, { "mbit", 1000000ULL },
	{ "kbit", 1000ULL }, { "bit", 1 }, {}
};

static const struct unit share_units[] = {
	/* a hundredth of VS_SHARE_INTERVAL_NS */
	{ "%", VS_SHARE_INTERVAL_NS / 100 }, {}
};

/* "12", "0.5": the number times @factor, rounded down.  0; -EINVAL; -ERANGE.
 * UINT64_MAX is what stands for "infinity", and no number. */
static int scale(const char *text, size_t n, uint64_t factor, uint64_t *ret)
{
	uint64_t whole = 0, part = 0, tens = 1;
	size_t i = 0, digits = 0;

	for (; i < n && isdigit((unsigned char)text[i]); i++, digits++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, text[i] - '0', &whole))
			return -ERANGE;
	if (i < n && text[i] == '.') {
		for (i++; i < n && isdigit((unsigned char)text[i]); i++, digits++) {
			if (tens == 1000000000ULL)
				return -ERANGE;
			part = part * 10 + (text[i] - '0');
			tens *= 10;
		}
		if (text[i - 1] == '.')
			return -EINVAL;
	}
	if (i != n || !digits || !isdigit((unsigned char)*text))
		return -EINVAL;
	if (__builtin_mul_overflow(whole, factor, &whole))
		return -ERANGE;
	part = (uint64_t)((unsigned __int128)part * factor / tens);
	if (__builtin_add_overflow(whole, part, &whole) || whole == UINT64_MAX)
		return -ERANGE;
	*ret = whole;
	return 0;
}

static int parse_unit(const char *text, size_t n, const struct unit *units, uint64_t *ret)
{
	size_t number = 0;

	while (number < n && (isdigit((unsigned char)text[number]) || text[number] == '.'))
		number++;
	for (; units->name; units++)
		if (strlen(units->name) == n - number &&
		    strncmp(units->name, text + number, n - number) == 0)
			return scale(text, number, units->factor, ret);
	return -EINVAL;
}

int vs_parse_size(const char *text, uint64_t *ret_bytes)
{
	if (strcmp(text, "infinity") == 0) {
		*ret_bytes = UINT64_MAX;
		return 0;
	}
	return parse_unit(text, strlen(text), size_units, ret_bytes);
}

int vs_parse_bits(const char *text, uint64_t *ret_bits)
{
	if (strcmp(text, "infinity") == 0) {
		*ret_bits = UINT64_MAX;
		return 0;
	}
	return parse_unit(text, strlen(text), rate_units, ret_bits);
}

int vs_parse_time(const char *text, uint64_t *ret_ns)
{
	return parse_unit(text, strlen(text), time_units, ret_ns);
}

int vs_parse_share(const char *text, uint64_t *ret_rate_ns, uint64_t *ret_interval_ns)
{
	const char *slash = strchr(text, '/');
	uint64_t rate, interval = VS_SHARE_INTERVAL_NS;
	int r;

	if (strcmp(text, "infinity") == 0) {
		*ret_rate_ns = UINT64_MAX;
		*ret_interval_ns = interval;
		return 0;
	}
	if (slash) {
		r = parse_unit(text, slash - text, time_units, &rate);
		if (!r)
			r = parse_unit(slash + 1, strlen(slash + 1), time_units, &interval);
		if (!r && !interval)
			r = -EINVAL;
	} else {
		r = parse_unit(text, strlen(text), share_units, &rate);
	}
	if (r < 0)
		return r;
	*ret_rate_ns = rate;
	*ret_interval_ns = interval;
	return 0;
}

int vs_parse_count(const char *text, uint64_t *ret)
{
	if (strcmp(text, "infinity") == 0) {
		*ret = UINT64_MAX;
		return 0;
	}
	if (strchr(text, '.'))
		return -EINVAL;
	return scale(text, strlen(text), 1, ret);
}

int vs_parse_bias(const char *text, int32_t *ret)
{
	bool negative = *text == '-';
	uint64_t number;
	int r;

	text += negative;
	r = strchr(text, '.') ? -EINVAL : scale(text, strlen(text), 1, &number);
	if (r < 0)
		return r;
	if (number > (negative ? -VS_PRIO_BIAS_MIN : VS_PRIO_BIAS_MAX))
		return -ERANGE;
	*ret = negative ? -(int32_t)number : (int32_t)number;
	return 0;
}

int vs_parse_scope(const char *text, uint32_t *ret)
{
	bool processor = !strcmp(text, "processor");

	if (!processor && strcmp(text, "machine") != 0)
		return -EINVAL;
	*ret = processor ? VS_SCOPE_PROCESSOR : VS_SCOPE_MACHINE;
	return 0;
}

int vs_parse_xid(const char *text, uint32_t *ret)
{
	uint64_t number;
	int r;

	r = strchr(text, '.') ? -EINVAL : scale(text, strlen(text), 1, &number);
	if (r < 0)
		return r;
	if (number < VS_XID_MIN || number > VS_XID_STATIC_MAX)
		return -ERANGE;
	*ret = (uint32_t)number;
	return 0;
}

/* --- writing -------------------------------------------------------------------- */

static int format_unit(uint64_t value, const struct unit *units, char **ret)
{
	while (units->factor > 1 && (value == 0 || value % units->factor))
		units++;
	return asprintf(ret, "%llu%s", (unsigned long long)(value / units->factor),
			units->name) < 0 ? -ENOMEM : 0;
}

int vs_format_size(uint64_t bytes, char **ret)
{
	static const struct unit units[] = {
		{ "T", 1ULL << 40 }, { "G", 1ULL << 30 }, { "M", 1ULL << 20 },
		{ "K", 1ULL << 10 }, { "", 1 },
	};
	char *text;
	int r;

	if (bytes == UINT64_MAX) {
		text = strdup("infinity");
		r = text ? 0 : -ENOMEM;
	} else {
		r = format_unit(bytes, units, &text);
	}
	if (!r)
		*ret = text;
	return r;
}

int vs_format_time(uint64_t ns, char **ret)
{
	static const struct unit units[] = {
		{ "h", 3600000000000ULL }, { "min", 60000000000ULL }, { "s", 1000000000ULL },
		{ "ms", 1000000ULL }, { "us", 1000ULL }, { "ns", 1 },
	};
	char *text;
	int r;

	if (ns == 0) {
		text = strdup("0s");
		r = text ? 0 : -ENOMEM;
	} else {
		r = format_unit(ns, units, &text);
	}
	if (!r)
		*ret = text;
	return r;
}

/* "25%", "12.5%" where the interval is the usual one, "3ms/7ms" elsewhere. */
int vs_format_share(uint64_t rate_ns, uint64_t interval_ns, char **ret)
{
	const uint64_t percent = VS_SHARE_INTERVAL_NS / 100;
	_cleanup_free_ char *rate = NULL, *interval = NULL;
	char *text;
	int r;

	if (rate_ns == UINT64_MAX) {
		text = strdup("infinity");
		r = text ? 0 : -1;
	} else if (interval_ns == VS_SHARE_INTERVAL_NS) {
		int digits = 6;
		uint64_t rest = rate_ns % percent;

		while (digits && rest % 10 == 0) {
			rest /= 10;
			digits--;
		}
		r = digits ? asprintf(&text, "%llu.%0*llu%%",
				      (unsigned long long)(rate_ns / percent), digits,
				      (unsigned long long)rest) :
			     asprintf(&text, "%llu%%", (unsigned long long)(rate_ns / percent));
	} else {
		r = vs_format_time(rate_ns, &rate);
		if (!r)
			r = vs_format_time(interval_ns, &interval);
		if (r < 0)
			return r;
		r = asprintf(&text, "%s/%s", rate, interval);
	}
	if (r < 0)
		return -ENOMEM;
	*ret = text;
	return 0;
}
