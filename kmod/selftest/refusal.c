// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Self-test of refusal.c, included at its end.
 */
bool __init vs_refusal_selftest(void)
{
	static struct vs_refusals r __initdata;
	unsigned int i, due = 0;

	if (is_power_of_ten(0) || !is_power_of_ten(1) || is_power_of_ten(11) ||
	    !is_power_of_ten(100) || is_power_of_ten(200) ||
	    !is_power_of_ten(10000000000000000000ULL))
		return false;
	if (vs_refusals_add(&r, VS_RULE_MAX + 1) || vs_refusals_news(&r, VS_RULE_SIGNAL))
		return false;
	for (i = 0; i < 999; i++)
		due += vs_refusals_add(&r, VS_RULE_SIGNAL);
	if (due != 3 || vs_refusals_news(&r, VS_RULE_SIGNAL) != 1 ||
	    vs_refusals_news(&r, VS_RULE_SIGNAL) != 10 ||
	    vs_refusals_news(&r, VS_RULE_SIGNAL) != 100 ||
	    vs_refusals_news(&r, VS_RULE_SIGNAL) || vs_refusals_news(&r, VS_RULE_TRACE))
		return false;
	return vs_refusals_add(&r, VS_RULE_SIGNAL) &&
	       vs_refusals_news(&r, VS_RULE_SIGNAL) == 1000;
}
