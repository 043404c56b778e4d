// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The method of io.vserver.Manager about identical files.
 */
#include <errno.h>
#include <stddef.h>

#include "scope.h"
#include "unify.h"
#include "varlink.h"

/* struct request - its parameters. */
struct unify_request {
	char **names;
	bool dry_run;
};

/* The answer, as it will be. */
struct unify_reply {
	sd_varlink *link;
	struct unified result;
};

static void reply_unified(const struct problem *problem, void *userdata)
{
	struct unify_reply *reply = userdata;

	if (problem)
		reply_problem(reply->link, problem);
	else
		sd_varlink_replybo(reply->link,
				   SD_JSON_BUILD_PAIR_UNSIGNED("files", reply->result.files),
				   SD_JSON_BUILD_PAIR_UNSIGNED("bytes", reply->result.bytes));
	sd_varlink_unref(reply->link);
	free(reply);
}

static void reply_unifying(unsigned int percent, void *userdata)
{
	const struct unify_reply *reply = userdata;

	reply_progress(percent, reply->link);
}

static int on_unify(sd_varlink *link, sd_json_variant *parameters,
		    sd_varlink_method_flags_t flags, void *userdata)
{
	static const sd_json_dispatch_field table[] = {
		{ "names", SD_JSON_VARIANT_ARRAY, sd_json_dispatch_strv,
		  offsetof(struct unify_request, names), SD_JSON_NULLABLE },
		{ "dryRun", SD_JSON_VARIANT_BOOLEAN, sd_json_dispatch_stdbool,
		  offsetof(struct unify_request, dry_run), SD_JSON_NULLABLE },
		{},
	};
	_cleanup_problem_ struct problem problem = { 0 };
	struct unify_request request = { 0 };
	_cleanup_strv_free_ char **names = NULL;
	struct unify_reply *reply;
	int r = sd_varlink_dispatch(link, parameters, table, &request);

	names = request.names;
	if (r != 0)
		return r;
	reply = calloc(1, sizeof(*reply));
	if (!reply)
		return sd_varlink_error_errno(link, -ENOMEM);
	reply->link = sd_varlink_ref(link);
	if (operation_unify(userdata, names, request.dry_run,
			    flags & SD_VARLINK_METHOD_MORE ? reply_unifying : NULL, link,
			    &reply->result, reply_unified, reply, &problem) < 0)
		reply_unified(&problem, reply);
	return 0;
}

int varlink_bind_unify(sd_varlink_server *server)
{
	return sd_varlink_server_bind_method(server, VARLINK_INTERFACE "Unify", on_unify);
}
