/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Devices that reach nothing but who opens them; of the rule on files and of
 * that on cgroups.
 */
#ifndef VS_DEVICE_KIND_BPF_H
#define VS_DEVICE_KIND_BPF_H

/* Character devices: null, zero, full, random, urandom, tty, ptmx, and pseudo
 * terminals, of which a guest's console is one. */
static __always_inline bool is_harmless(u32 major, u32 minor)
{
	if (major == 1)
		return minor == 3 || minor == 5 || (minor >= 7 && minor <= 9);
	if (major == 5)
		return minor == 0 || minor == 2;
	return major >= 136 && major <= 143;
}

#endif /* VS_DEVICE_KIND_BPF_H */
