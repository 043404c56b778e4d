// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Answers: a problem as one of the interface's errors, the end of what took
 * time, progress.  The only file that knows how errors are called.
 */
#include <errno.h>
#include <stdlib.h>

#include "varlink.h"

#define ERROR(name) VARLINK_INTERFACE name

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

int reply_problem(sd_varlink *link, const struct problem *problem)
{
	const char *name = or_empty(problem->name), *what = or_empty(problem->what);

	switch (problem->kind) {
	case PROBLEM_NO_SUCH_GUEST:
		return sd_varlink_errorbo(link, ERROR("NoSuchGuest"),
					  SD_JSON_BUILD_PAIR_STRING("name", name));
	case PROBLEM_NO_SUCH_IMAGE:
		return sd_varlink_errorbo(link, ERROR("NoSuchImage"),
					  SD_JSON_BUILD_PAIR_STRING("name", name));
	case PROBLEM_EXISTS:
		return sd_varlink_errorbo(link, ERROR("Exists"),
					  SD_JSON_BUILD_PAIR_STRING("name", name));
	case PROBLEM_NOT_RUNNING:
		return sd_varlink_errorbo(link, ERROR("NotRunning"),
					  SD_JSON_BUILD_PAIR_STRING("name", name));
	case PROBLEM_ALREADY_RUNNING:
		return sd_varlink_errorbo(link, ERROR("AlreadyRunning"),
					  SD_JSON_BUILD_PAIR_STRING("name", name));
	case PROBLEM_BUSY:
		return sd_varlink_errorbo(link, ERROR("Busy"),
					  SD_JSON_BUILD_PAIR_STRING("name", name),
					  SD_JSON_BUILD_PAIR_STRING("by", what));
	case PROBLEM_INVALID_VALUE:
		return sd_varlink_errorbo(
			link, ERROR("InvalidValue"), SD_JSON_BUILD_PAIR_STRING("key", what),
			SD_JSON_BUILD_PAIR_STRING("value", or_empty(problem->value)),
			SD_JSON_BUILD_PAIR_STRING("reason", or_empty(problem->reason)),
			SD_JSON_BUILD_PAIR_STRING("remedy", or_empty(problem->remedy)));
	case PROBLEM_NOT_SUPPORTED:
		return sd_varlink_errorbo(
			link, ERROR("NotSupported"), SD_JSON_BUILD_PAIR_STRING("feature", what),
			SD_JSON_BUILD_PAIR_STRING("reason", or_empty(problem->reason)),
			SD_JSON_BUILD_PAIR_STRING("remedy", or_empty(problem->remedy)));
	case PROBLEM_NONE:
	case PROBLEM_FAILED:
		return sd_varlink_errorbo(
			link, ERROR("Failed"), SD_JSON_BUILD_PAIR_STRING("step", what),
			SD_JSON_BUILD_PAIR_STRING("reason", or_empty(problem->reason)),
			SD_JSON_BUILD_PAIR_STRING("remedy", or_empty(problem->remedy)));
	}
	return -EINVAL;
}

/* A client that is gone does not hear it; what it asked for is done. */
void reply_done(const struct problem *problem, void *userdata)
{
	sd_varlink *link = userdata;

	if (problem)
		reply_problem(link, problem);
	else
		sd_varlink_reply(link, NULL);
	sd_varlink_unref(link);
}

void reply_set(const struct problem *problem, void *userdata)
{
	struct set_reply *reply = userdata;

	if (problem)
		reply_problem(reply->link, problem);
	else if (reply->warnings)
		sd_varlink_replybo(reply->link,
				   SD_JSON_BUILD_PAIR_VARIANT("warnings", reply->warnings));
	else
		sd_varlink_reply(reply->link, NULL);
	sd_json_variant_unref(reply->warnings);
	sd_varlink_unref(reply->link);
	free(reply);
}

void reply_built(const struct problem *problem, void *userdata)
{
	sd_varlink *link = userdata;

	if (problem)
		reply_problem(link, problem);
	else
		sd_varlink_replybo(link, SD_JSON_BUILD_PAIR("progress", SD_JSON_BUILD_NULL));
	sd_varlink_unref(link);
}

void reply_progress(unsigned int percent, void *userdata)
{
	sd_varlink_notifybo(userdata, SD_JSON_BUILD_PAIR_UNSIGNED("progress", percent));
}
