// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Refusals, counted, and when they are worth telling: at each power of ten.
 * Who is refused can so bring about no more than some twenty events a rule.
 */
#include <linux/math64.h>

#include "refusal.h"

static bool is_power_of_ten(u64 n)
{
	u64 rest;

	while (n >= 10) {
		n = div64_u64_rem(n, 10, &rest);
		if (rest)
			return false;
	}
	return n == 1;
}

bool vs_refusals_add(struct vs_refusals *refusals, u32 rule)
{
	if (rule > VS_RULE_MAX ||
	    !is_power_of_ten(atomic64_inc_return(&refusals->count[rule])))
		return false;
	WRITE_ONCE(refusals->due, true);
	return true;
}

u64 vs_refusals_news(struct vs_refusals *refusals, u32 rule)
{
	u64 told = refusals->told[rule], next = told ? told * 10 : 1;

	if ((u64)atomic64_read(&refusals->count[rule]) < next)
		return 0;
	refusals->told[rule] = next;
	return next;
}

#ifdef VS_SELFTEST
#include "selftest/refusal.c"
#endif
