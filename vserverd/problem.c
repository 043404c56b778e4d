// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Why something that was asked for cannot be done, as a value.  How it is
 * sent is known to varlink_reply.c.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "problem.h"
#include "text.h"

static char *copy(const char *text)
{
	char *ret = text ? strdup(text) : NULL;

	/* Names of files may be anything; answers are UTF-8. */
	if (ret)
		text_make_utf8(ret);
	return ret;
}

int problem_set(struct problem *problem, enum problem_kind kind, const char *name,
		const char *what)
{
	problem_clear(problem);
	problem->kind = kind;
	problem->name = copy(name);
	problem->what = copy(what);
	return -ECANCELED;
}

int problem_invalid(struct problem *problem, const char *key, const char *value,
		    const char *reason, const char *remedy)
{
	problem_set(problem, PROBLEM_INVALID_VALUE, NULL, key);
	problem->value = copy(value);
	problem->reason = copy(reason);
	problem->remedy = copy(remedy);
	return -ECANCELED;
}

int problem_unsupported(struct problem *problem, const char *feature, const char *reason,
			const char *remedy)
{
	problem_set(problem, PROBLEM_NOT_SUPPORTED, NULL, feature);
	problem->reason = copy(reason);
	problem->remedy = copy(remedy);
	return -ECANCELED;
}

int problem_failed(struct problem *problem, const char *step, const char *remedy,
		   const char *format, ...)
{
	va_list ap;

	problem_set(problem, PROBLEM_FAILED, NULL, step);
	problem->remedy = copy(remedy);
	va_start(ap, format);
	if (vasprintf(&problem->reason, format, ap) < 0)
		problem->reason = NULL;
	va_end(ap);
	if (problem->reason)
		text_make_utf8(problem->reason);
	return -ECANCELED;
}

int problem_worker(struct problem *problem, const char *step, const char *remedy,
		   const char *reason)
{
	const char *end = strchr(reason, '\n');
	char *told = end ? strndup(reason, (size_t)(end - reason)) : NULL;

	problem_failed(problem, told ? told : step, remedy, "%s", end ? end + 1 : reason);
	free(told);
	return -ECANCELED;
}

void problem_clear(struct problem *problem)
{
	free(problem->name);
	free(problem->what);
	free(problem->value);
	free(problem->reason);
	free(problem->remedy);
	*problem = (struct problem){ 0 };
}
