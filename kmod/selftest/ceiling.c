// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Self-test of ceiling.c, included at its end.
 */
bool __init vs_ceiling_selftest(void)
{
	return vs_ceiling_check(0, NULL) == 0 &&
	       vs_ceiling_check(VS_CEILING_ALL, NULL) == 0 &&
	       vs_ceiling_check(VS_CEILING_ALL + 1, NULL) == -EINVAL &&
	       vs_ceiling_check(1ULL << 63, NULL) == -EINVAL &&
	       vs_flags_change(0b0101, 0b0010, 0b0011) == 0b0110 &&
	       vs_flags_change(0b0101, 0b1010, 0) == 0b0101;
}
