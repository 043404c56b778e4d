// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Values for the fuzzer: those that are right, those at a limit and one beyond
 * it, and any.
 */
#include <stdio.h>
#include <string.h>

#include <linux/vserver.h>

#include "fuzz.h"

/* splitmix64: any seed will do, 0 too. */
static uint64_t next(struct fuzz *f)
{
	uint64_t z = f->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint32_t fuzz_below(struct fuzz *f, uint32_t n)
{
	return (next(f) >> 32) * n >> 32;
}

bool fuzz_one_in(struct fuzz *f, uint32_t n)
{
	return !fuzz_below(f, n);
}

void fuzz_bytes(struct fuzz *f, void *ret, size_t n)
{
	unsigned char *p = ret;

	while (n--)
		*p++ = next(f);
}

uint64_t fuzz_number(struct fuzz *f)
{
	static const uint64_t limits[] = {
		0, 1, 2, INT32_MAX, UINT32_MAX, INT64_MAX, 1ULL << 63, UINT64_MAX,
		VS_INTERVAL_MIN_NS, VS_INTERVAL_MAX_NS, VS_SIZE_MAX_NS, VS_HOLD_MAX_NS,
		VS_RATE_MIN_DIV, VS_FLAGS_ALL, VS_XID_MAX,
	};

	switch (fuzz_below(f, 4)) {
	case 0:
		return next(f);
	case 1:
		return next(f) >> fuzz_below(f, 64);
	default:
		return limits[fuzz_below(f, sizeof(limits) / sizeof(limits[0]))] +
		       fuzz_below(f, 3) - 1;
	}
}

/* Few, so that senders meet; or one that the module told of. */
uint32_t fuzz_xid(struct fuzz *f)
{
	static const uint32_t limits[] = {
		VS_XID_HOST, VS_XID_WATCHER, VS_XID_MIN, VS_XID_STATIC_MAX,
		VS_XID_DYNAMIC_MIN, VS_XID_MAX, VS_XID_MAX + 1, UINT32_MAX,
	};

	if (f->n_xids && fuzz_one_in(f, 2))
		return f->xids[fuzz_below(f, f->n_xids < FUZZ_XIDS ? f->n_xids : FUZZ_XIDS)];
	if (f->wrong && fuzz_one_in(f, 4))
		return limits[fuzz_below(f, sizeof(limits) / sizeof(limits[0]))];
	return VS_XID_MIN + fuzz_below(f, 40);
}

/* Some of those that there are; a wrong one now and then. */
uint64_t fuzz_bits(struct fuzz *f, uint64_t all)
{
	return f->wrong && fuzz_one_in(f, 4) ? fuzz_number(f) : next(f) & all;
}

size_t fuzz_name(struct fuzz *f, char *ret)
{
	size_t n;

	if (!f->wrong || fuzz_one_in(f, 2))
		return sprintf(ret, "fuzz-%u", fuzz_below(f, 40)) + 1;
	switch (fuzz_below(f, 4)) {
	case 0:		/* as long as may be, or by one longer */
		n = VS_NAME_MAX + fuzz_below(f, 2);
		memset(ret, 'n', n);
		ret[n] = '\0';
		return n + 1;
	case 1:		/* no NUL */
		memset(ret, 'n', VS_NAME_MAX);
		return fuzz_below(f, VS_NAME_MAX + 1);
	case 2:		/* what is no name: "", "-5", a number that is one */
		return sprintf(ret, "%.*d", fuzz_below(f, 3), (int)fuzz_below(f, 80) - 40) + 1;
	default:
		n = fuzz_below(f, 200);
		fuzz_bytes(f, ret, n);
		return n;
	}
}
