/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The filter on system calls as a program of the kernel's.
 */
#ifndef VS_SECCOMP_FILTER_H
#define VS_SECCOMP_FILTER_H

#include <linux/filter.h>
#include <stdint.h>

#define VS_SECCOMP_FILTER_MAX	512

/* For a context with @ceiling; returns how many instructions it has. */
unsigned short vs_seccomp_filter(uint64_t ceiling, struct sock_filter *ret);

#endif /* VS_SECCOMP_FILTER_H */
