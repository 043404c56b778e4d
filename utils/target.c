/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The context that NAME means on the command line.  The library is asked, not
 * the daemon: a guest is meant by the context that it has while it runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "target.h"

int target_open(const char *deed, struct target *ret)
{
	int r;

	*ret = (struct target){ 0 };
	r = vs_open(&ret->vs);
	if (r < 0)
		return fail("cannot %s: %s", deed, open_error(r));
	if (vs_context_list(ret->vs, &ret->contexts, &ret->n) < 0)
		return fail("cannot %s: %s", deed, vs_reason(ret->vs));
	return EXIT_DONE;
}

void target_close(struct target *target)
{
	free(target->contexts);
	vs_close(target->vs);
	*target = (struct target){ 0 };
}

static bool is_number(const struct vs_context *context, const char *name)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", context->xid);
	return !strcmp(number, name);
}

/* A number is a number, even if another context has it for its name. */
int target_find(const struct target *target, const char *deed, const char *name,
		const struct vs_context **ret)
{
	struct guess guess = { .word = name };

	for (size_t i = 0; i < target->n; i++)
		if (is_number(&target->contexts[i], name)) {
			*ret = &target->contexts[i];
			return EXIT_DONE;
		}
	for (size_t i = 0; i < target->n; i++) {
		guess_add(&guess, target->contexts[i].name);
		if (!strcmp(target->contexts[i].name, name)) {
			*ret = &target->contexts[i];
			return EXIT_DONE;
		}
	}
	if (guess.found)
		return fail("cannot %s '%s': there is no such context; did you mean '%s'?", deed,
			    name, guess.found);
	return fail("cannot %s '%s': there is no such context, and no guest of that name runs; "
		    "see: vserver contexts", deed, name);
}

const char *target_name(const struct target *target, uint32_t xid)
{
	static char number[16];

	if (xid == VS_XID_HOST)
		return "host";
	for (size_t i = 0; i < target->n; i++)
		if (target->contexts[i].xid == xid)
			return target->contexts[i].name;
	snprintf(number, sizeof(number), "%u", xid);
	return number;
}
