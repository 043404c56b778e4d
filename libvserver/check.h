/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Between check.c and check_kernel.c: what has been looked at.
 */
#ifndef VS_CHECK_H
#define VS_CHECK_H

#include "vserver.h"

/* Rows on their way. */
struct features {
	struct vs_feature *rows;
	size_t n;
	int error;
};

/* What a row says while it is not known to be well. */
struct text {
	const char *name;
	bool required;
	const char *without;
	const char *remedy;
};

/* One row.  @format: what was found. */
__attribute__((format(printf, 4, 5)))
void vs_check_add(struct features *f, const struct text *text, bool ok, const char *format, ...);

/* Rows of what the kernel has by itself, and of cgroups. */
void vs_check_kernel(struct features *f, struct vs *vs);

#endif
