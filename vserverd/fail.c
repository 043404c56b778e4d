// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Why something failed, in words, for who asked for it.  What is made of that,
 * and whether it is told, is not known here.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "fail.h"

int fail(char **ret_reason, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (vasprintf(ret_reason, format, ap) < 0)
		*ret_reason = NULL;
	va_end(ap);
	return error;
}

void fail_flatten(char *reason)
{
	for (char *c = reason; c && *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
}
