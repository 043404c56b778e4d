// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The handle: made, released, and the keeper of the sentence that says why
 * the last call failed.  It knows nothing of what the calls do.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "private.h"

int vs_new(struct vs **ret)
{
	struct vs *vs = calloc(1, sizeof(*vs));

	if (!vs)
		return -ENOMEM;
	vs_reason_set(vs, "nothing failed");
	*ret = vs;
	return 0;
}

int vs_open(struct vs **ret)
{
	struct vs *vs;
	int r;

	r = vs_new(&vs);
	if (r < 0)
		return r;
	r = vs_nl_open(vs);
	if (r < 0) {
		vs_close(vs);
		return r;
	}
	*ret = vs;
	return 0;
}

void vs_close(struct vs *vs)
{
	if (!vs)
		return;
	vs_nl_close(vs);
	free(vs);
}

const char *vs_reason(const struct vs *vs)
{
	return vs ? vs->reason : "Cannot allocate memory";
}

void vs_reason_set(struct vs *vs, const char *reason)
{
	if (vs)
		snprintf(vs->reason, sizeof(vs->reason), "%s", reason);
}

int vs_fail(struct vs *vs, int error, const char *format, ...)
{
	va_list args;

	if (!vs)
		return error;
	va_start(args, format);
	vsnprintf(vs->reason, sizeof(vs->reason), format, args);
	va_end(args);
	return error;
}

int vs_fail_errno(struct vs *vs, int error, const char *format, ...)
{
	va_list args;
	size_t n;

	if (!vs)
		return error;
	va_start(args, format);
	vsnprintf(vs->reason, sizeof(vs->reason), format, args);
	va_end(args);
	n = strlen(vs->reason);
	snprintf(vs->reason + n, sizeof(vs->reason) - n, ": %s", strerror(-error));
	return error;
}
